import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('training', '0003_project_of_model'),
    ]

    operations = [
        migrations.AlterField(
            model_name='trainedmodel',
            name='project',
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name='trained_models',
                to='projects.project',
            ),
        ),
    ]
