import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('datasets', '0004_page_far_down'),
        ('jobs', '0004_gate'),
        ('projects', '0002_page_far_down'),
        ('training', '0005_page_far_down'),
        ('tuning', '0004_project_is_known'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='evaluationconfig',
            name='created_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='parametertuningjob',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tuning_jobs', to='projects.project'),
        ),
        migrations.AlterField(
            model_name='splitconfig',
            name='created_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='trial',
            name='tuning_job',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='trials', to='tuning.parametertuningjob'),
        ),
        migrations.AddIndex(
            model_name='evaluationconfig',
            index=models.Index(fields=['created_by', 'id'], name='evaluation_of_person'),
        ),
        migrations.AddIndex(
            model_name='parametertuningjob',
            index=models.Index(fields=['project', 'id'], name='search_of_project'),
        ),
        migrations.AddIndex(
            model_name='splitconfig',
            index=models.Index(fields=['created_by', 'id'], name='split_of_person'),
        ),
        migrations.AddIndex(
            model_name='trial',
            index=models.Index(fields=['tuning_job', 'number', 'state'], name='trial_of_job'),
        ),
    ]
