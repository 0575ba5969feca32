import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('deployment', '0004_page_far_down'),
        ('experiments', '0003_rollups'),
        ('projects', '0002_page_far_down'),
    ]

    operations = [
        migrations.AlterField(
            model_name='abtest',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='ab_tests', to='projects.project'),
        ),
        migrations.AddIndex(
            model_name='abtest',
            index=models.Index(fields=['project', 'id'], name='test_of_project'),
        ),
    ]
