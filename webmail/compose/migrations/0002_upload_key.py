"""A key for each file of a draft; those that are there get one of their own."""

import uuid

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def give_keys(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for upload in apps.get_model("compose", "Upload").objects.all():
        upload.key = uuid.uuid4()
        upload.save(update_fields=["key"])


class Migration(migrations.Migration):
    dependencies = [("compose", "0001_initial")]

    operations = [
        migrations.AddField("upload", "key", models.UUIDField(null=True)),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AlterField("upload", "key", models.UUIDField(default=uuid.uuid4, editable=False)),
        migrations.AddConstraint(
            "upload", models.UniqueConstraint(fields=("draft", "key"), name="one_key_once_in_a_draft")
        ),
    ]
