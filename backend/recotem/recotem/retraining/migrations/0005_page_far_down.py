import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('deployment', '0004_page_far_down'),
        ('projects', '0003_exposure_sampling'),
        ('retraining', '0004_gate'),
        ('training', '0005_page_far_down'),
        ('tuning', '0005_page_far_down'),
    ]

    operations = [
        migrations.AlterField(
            model_name='retrainingrun',
            name='schedule',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='retraining.retrainingschedule'),
        ),
        migrations.AlterField(
            model_name='webhook',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='webhooks', to='projects.project'),
        ),
        migrations.AlterField(
            model_name='webhookdelivery',
            name='webhook',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='retraining.webhook'),
        ),
        migrations.AddIndex(
            model_name='retrainingrun',
            index=models.Index(fields=['schedule', 'id'], name='run_of_schedule'),
        ),
        migrations.AddIndex(
            model_name='webhook',
            index=models.Index(fields=['project', 'id'], name='webhook_of_project'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['webhook', 'id'], name='delivery_of_webhook'),
        ),
    ]
