from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0004_page_far_down'),
    ]

    operations = [
        migrations.AddField(
            model_name='abtest',
            name='variant_share',
            field=models.FloatField(null=True),
        ),
    ]
