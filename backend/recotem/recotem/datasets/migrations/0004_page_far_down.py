import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('datasets', '0003_present_versions'),
        ('projects', '0002_page_far_down'),
    ]

    operations = [
        migrations.AlterField(
            model_name='itemmetadata',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='item_meta_data', to='projects.project'),
        ),
        migrations.AlterField(
            model_name='trainingdata',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='training_data', to='projects.project'),
        ),
        migrations.AddIndex(
            model_name='itemmetadata',
            index=models.Index(fields=['project', 'id'], name='item_table_of_project'),
        ),
        migrations.AddIndex(
            model_name='trainingdata',
            index=models.Index(fields=['project', 'id'], name='data_of_project'),
        ),
    ]
