
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0007_slot_days'),
    ]

    operations = [
        migrations.CreateModel(
            name='StoredExposures',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('stored_at', models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='ArmRequests',
            fields=[
                ('pk', models.CompositePrimaryKey('test_id', 'slot_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('slot_id', models.BigIntegerField()),
                ('requests', models.BigIntegerField()),
                ('unknown_users', models.BigIntegerField()),
                ('test', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, to='experiments.abtest')),
            ],
        ),
        migrations.CreateModel(
            name='ArmItem',
            fields=[
                ('pk', models.CompositePrimaryKey('test_id', 'slot_id', 'item_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('slot_id', models.BigIntegerField()),
                ('item_id', models.CharField(max_length=256)),
                ('shown', models.BigIntegerField()),
                ('test', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, to='experiments.abtest')),
            ],
            options={
                'indexes': [models.Index(fields=['test', 'slot_id', 'shown'], name='item_by_shown')],
            },
        ),
    ]
