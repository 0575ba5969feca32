import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('datasets', '0004_page_far_down'),
        ('jobs', '0004_gate'),
        ('projects', '0002_page_far_down'),
        ('training', '0004_project_is_known'),
    ]

    operations = [
        migrations.AlterField(
            model_name='modelconfiguration',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='model_configurations', to='projects.project'),
        ),
        migrations.AlterField(
            model_name='trainedmodel',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='trained_models', to='projects.project'),
        ),
        migrations.AddIndex(
            model_name='modelconfiguration',
            index=models.Index(fields=['project', 'id'], name='configuration_of_project'),
        ),
        migrations.AddIndex(
            model_name='trainedmodel',
            index=models.Index(fields=['project', 'id'], name='model_of_project'),
        ),
    ]
