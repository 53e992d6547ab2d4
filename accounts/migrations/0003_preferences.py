from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_user_single_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="after_act",
            field=models.CharField(
                choices=[
                    ("next", "The next, older message"),
                    ("previous", "The previous, newer message"),
                    ("list", "None: back to the list"),
                ],
                default="next",
                max_length=8,
                verbose_name="afterwards open",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="date_form",
            field=models.CharField(
                blank=True,
                choices=[("", "As the language has it"), ("iso", "2026-01-31, 14:05"), ("us", "1/31/2026, 2:05 PM")],
                default="",
                max_length=4,
                verbose_name="dates",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="keys",
            field=models.JSONField(blank=True, default=dict, verbose_name="keys"),
        ),
        migrations.AddField(
            model_name="user",
            name="quote_place",
            field=models.CharField(
                choices=[("below", "Below what I write"), ("above", "Above what I write")],
                default="below",
                max_length=5,
                verbose_name="quoted text",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="read_after",
            field=models.SmallIntegerField(
                choices=[(0, "At once"), (2, "After 2 seconds"), (5, "After 5 seconds"), (-1, "Never by itself")],
                default=0,
                verbose_name="mark as read",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="wants_hints",
            field=models.BooleanField(default=True, verbose_name="hints for beginners"),
        ),
    ]
