from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery


def name_known_versions(apps: Any, schema_editor: Any) -> None:
    """Data could not change while it was read; later changes hide what was read."""
    job = apps.get_model('tuning', 'ParameterTuningJob')
    data = apps.get_model('datasets', 'TrainingData')
    known = Q(data__version=1) | Q(job__status__in=['PENDING', 'RUNNING'])
    version = data.objects.filter(pk=OuterRef('data_id')).values('version')
    job.objects.filter(known).update(data_version=Subquery(version[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('datasets', '0003_present_versions'),
        ('tuning', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='parametertuningjob',
            name='data_version',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='parametertuningjob',
            name='evaluation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='tuning_jobs', to='tuning.evaluationconfig'),
        ),
        migrations.AlterField(
            model_name='parametertuningjob',
            name='split',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='tuning_jobs', to='tuning.splitconfig'),
        ),
        migrations.RunPython(name_known_versions, migrations.RunPython.noop),
    ]
