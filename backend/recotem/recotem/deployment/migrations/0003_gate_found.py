from typing import Any

from django.db import migrations


def note_what_is_served(apps: Any, schema_editor: Any) -> None:
    """The log begins with what each slot serves now."""
    deployment = apps.get_model('deployment', 'Deployment')
    slots = apps.get_model('deployment', 'DeploymentSlot').objects.order_by('pk')
    models = ('trained_model__configuration', 'trained_model__data_loc')
    for slot in slots.select_related(*models).iterator():
        model = slot.trained_model
        deployment.objects.create(
            project_id=slot.project_id,
            slot_id=slot.pk,
            slot_name=slot.name,
            trained_model_id=model.pk,
            algorithm=model.configuration.recommender_class_name,
            data=model.data_loc_id,
            data_name=model.data_loc.basename,
            data_version=model.data_version,
            reason='found',
        )


class Migration(migrations.Migration):

    dependencies = [
        ('deployment', '0002_gate'),
    ]

    operations = [
        migrations.RunPython(note_what_is_served, migrations.RunPython.noop),
    ]
