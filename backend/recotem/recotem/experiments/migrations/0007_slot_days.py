
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

_DAY = {
    "postgresql": "CAST(timestamp AT TIME ZONE 'UTC' AS date)",
    "sqlite": "date(timestamp)",
}


def count_what_is_there(apps: Any, schema_editor: Any) -> None:
    """Reads every event once."""
    day = _DAY[schema_editor.connection.vendor]
    schema_editor.execute(
        f"""
        INSERT INTO experiments_slotday (
            slot_id, day, impressions, clicks, purchases, requests, unknown_users
        )
        SELECT deployment_slot_id, {day},
            COUNT(*) FILTER (WHERE event_type = 'impression'),
            COUNT(*) FILTER (WHERE event_type = 'click'),
            COUNT(*) FILTER (WHERE event_type = 'purchase'), 0, 0
        FROM experiments_conversionevent GROUP BY 1, 2
        """
    )


class Migration(migrations.Migration):

    dependencies = [
        ('deployment', '0003_gate_found'),
        ('experiments', '0006_attribution'),
    ]

    operations = [
        migrations.CreateModel(
            name='SlotDay',
            fields=[
                ('pk', models.CompositePrimaryKey('slot_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('impressions', models.BigIntegerField(default=0)),
                ('clicks', models.BigIntegerField(default=0)),
                ('purchases', models.BigIntegerField(default=0)),
                ('requests', models.BigIntegerField(default=0)),
                ('unknown_users', models.BigIntegerField(default=0)),
                ('slot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='days', to='deployment.deploymentslot')),
            ],
        ),
        migrations.RunPython(count_what_is_there, migrations.RunPython.noop),
    ]
