import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tuning', '0003_project_of_search'),
    ]

    operations = [
        migrations.AlterField(
            model_name='parametertuningjob',
            name='project',
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name='tuning_jobs',
                to='projects.project',
            ),
        ),
    ]
