import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('deployment', '0001_initial'),
        ('experiments', '0001_initial'),
        ('projects', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='conversionevent',
            name='event_counts_once_per_request',
        ),
        migrations.AlterField(
            model_name='conversionevent',
            name='deployment_slot',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='conversion_events', to='deployment.deploymentslot'),
        ),
        migrations.AlterField(
            model_name='conversionevent',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='conversion_events', to='projects.project'),
        ),
        migrations.AddIndex(
            model_name='conversionevent',
            index=models.Index(fields=['project', 'id'], name='event_by_project'),
        ),
        migrations.AddConstraint(
            model_name='conversionevent',
            constraint=models.UniqueConstraint(condition=models.Q(('recommendation_request_id__isnull', False)), fields=('project', 'recommendation_request_id', 'event_type', 'item_id'), name='event_counts_once_per_request'),
        ),
    ]
