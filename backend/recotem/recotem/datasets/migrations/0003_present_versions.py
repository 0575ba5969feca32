from itertools import batched
from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery

KEPT = (
    'file',
    'columnar',
    'basename',
    'filesize',
    'n_rows',
    'n_users',
    'n_items',
    'fingerprint',
)


def keep_present_versions(apps: Any, schema_editor: Any) -> None:
    """What each log is now becomes a version; the files of those before are gone."""
    version = apps.get_model('datasets', 'DataVersion')
    data = apps.get_model('datasets', 'TrainingData')
    rows = data.objects.order_by('pk').values('pk', 'version', *KEPT)
    for some in batched(rows.iterator(), 1000):
        version.objects.bulk_create(
            version(training_data_id=row.pop('pk'), number=row.pop('version'), **row)
            for row in some
        )
    changed = data.objects.filter(pk=OuterRef('training_data_id')).values('updated_at')
    version.objects.update(ins_datetime=Subquery(changed[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('datasets', '0002_dataversion'),
    ]

    operations = [
        migrations.RunPython(keep_present_versions, migrations.RunPython.noop),
    ]
