"""Which save of a draft is the latest, and whose page it came from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("compose", "0002_upload_key")]

    operations = [
        migrations.AddField("draft", "version", models.PositiveIntegerField(default=0)),
        migrations.AddField("draft", "writer", models.CharField(blank=True, max_length=32)),
    ]
