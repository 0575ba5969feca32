from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0002_project_of_job'),
    ]

    operations = [
        migrations.AlterField(
            model_name='job',
            name='project',
            field=models.BigIntegerField(),
        ),
        migrations.AlterField(
            model_name='tasklog',
            name='project',
            field=models.BigIntegerField(),
        ),
        migrations.AddIndex(
            model_name='tasklog',
            index=models.Index(fields=['project', 'id'], name='log_of_project'),
        ),
    ]
