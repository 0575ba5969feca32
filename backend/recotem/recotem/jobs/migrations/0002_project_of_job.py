from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce


def name_projects(apps: Any, schema_editor: Any) -> None:
    """From what each job is about; a job without a subject is nobody's."""
    job, log = apps.get_model('jobs', 'Job'), apps.get_model('jobs', 'TaskLog')
    searches = apps.get_model('tuning', 'ParameterTuningJob').objects
    models_made = apps.get_model('training', 'TrainedModel').objects
    mine = {'job_id': OuterRef('pk')}
    of_search = searches.filter(**mine).values('data__project_id')
    of_model = models_made.filter(**mine).values('configuration__project_id')
    of_job = job.objects.filter(pk=OuterRef('job_id')).values('project')
    job.objects.update(
        project=Coalesce(Subquery(of_search[:1]), Subquery(of_model[:1]), Value(0))
    )
    log.objects.update(project=Subquery(of_job[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0001_initial'),
        ('training', '0002_trainedmodel_data_version'),
        ('tuning', '0002_parametertuningjob_data_version'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='project',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='tasklog',
            name='project',
            field=models.BigIntegerField(null=True),
        ),
        migrations.RunPython(name_projects, migrations.RunPython.noop),
    ]
