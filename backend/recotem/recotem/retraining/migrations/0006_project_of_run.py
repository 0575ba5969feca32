from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def name_projects(apps: Any, schema_editor: Any) -> None:
    for child, name, parent in (
        ('RetrainingRun', 'schedule_id', 'RetrainingSchedule'),
        ('WebhookDelivery', 'webhook_id', 'Webhook'),
    ):
        found = apps.get_model('retraining', parent).objects.filter(pk=OuterRef(name))
        project = found.order_by().values('project_id')
        rows = apps.get_model('retraining', child).objects
        rows.update(project_id=Subquery(project[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0003_exposure_sampling'),
        ('retraining', '0005_page_far_down'),
    ]

    operations = [
        migrations.AddField(
            model_name='retrainingrun',
            name='project',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='projects.project'),
        ),
        migrations.AddField(
            model_name='webhookdelivery',
            name='project',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project'),
        ),
        migrations.RunPython(name_projects, migrations.RunPython.noop),
    ]
