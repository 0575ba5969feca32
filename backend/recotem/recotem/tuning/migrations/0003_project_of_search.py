from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def name_projects(apps: Any, schema_editor: Any) -> None:
    row = apps.get_model('tuning', 'ParameterTuningJob')
    data = apps.get_model('datasets.TrainingData')
    parent = data.objects.filter(pk=OuterRef('data_id'))
    project = parent.values('project_id')
    row.objects.update(project_id=Subquery(project[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0001_initial'),
        ('tuning', '0002_parametertuningjob_data_version'),
    ]

    operations = [
        migrations.AddField(
            model_name='parametertuningjob',
            name='project',
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name='tuning_jobs',
                to='projects.project',
            ),
        ),
        migrations.RunPython(name_projects, migrations.RunPython.noop),
    ]
