from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery


def name_known_versions(apps: Any, schema_editor: Any) -> None:
    """Data could not change while it was read; later changes hide what was read."""
    model = apps.get_model('training', 'TrainedModel')
    data = apps.get_model('datasets', 'TrainingData')
    known = Q(data_loc__version=1) | Q(status__in=['PENDING', 'RUNNING'])
    version = data.objects.filter(pk=OuterRef('data_loc_id')).values('version')
    model.objects.filter(known).update(data_version=Subquery(version[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('datasets', '0003_present_versions'),
        ('training', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='trainedmodel',
            name='data_version',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.RunPython(name_known_versions, migrations.RunPython.noop),
    ]
