from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_preferences"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="undo_seconds",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (0, "Leave at once"),
                    (5, "Wait 5 seconds"),
                    (10, "Wait 10 seconds"),
                    (20, "Wait 20 seconds"),
                    (30, "Wait 30 seconds"),
                ],
                default=10,
                verbose_name="undo sending",
            ),
        ),
    ]
