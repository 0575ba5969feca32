
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('deployment', '0003_gate_found'),
        ('experiments', '0005_share_of_variant'),
        ('projects', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='abtest',
            name='attribution',
            field=models.CharField(choices=[('user', 'User'), ('request', 'Request')], default='user', max_length=16),
        ),
        migrations.AddField(
            model_name='abtest',
            name='attribution_hours',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='conversionevent',
            index=models.Index(fields=['deployment_slot', 'user_id'], name='event_by_user'),
        ),
        migrations.AddConstraint(
            model_name='abtest',
            constraint=models.CheckConstraint(condition=models.Q(('attribution_hours__gte', 1), ('attribution_hours__lte', 8760)), name='attribution_hours_up_to_a_year'),
        ),
    ]
