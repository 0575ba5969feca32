import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('deployment', '0003_gate_found'),
        ('jobs', '0004_gate'),
        ('projects', '0002_page_far_down'),
        ('training', '0004_project_is_known'),
    ]

    operations = [
        migrations.AlterField(
            model_name='deploymentslot',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='projects.project'),
        ),
        migrations.AlterField(
            model_name='gatereview',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='gate_reviews', to='projects.project'),
        ),
        migrations.AddIndex(
            model_name='deploymentslot',
            index=models.Index(fields=['project', 'id'], name='slot_of_project'),
        ),
        migrations.AddIndex(
            model_name='gatereview',
            index=models.Index(fields=['project', 'id'], name='review_of_project'),
        ),
    ]
