
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0002_page_far_down'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='exposure_sampling',
            field=models.FloatField(default=0),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('exposure_sampling__gte', 0), ('exposure_sampling__lte', 1)), name='exposure_sampling_is_a_share'),
        ),
    ]
