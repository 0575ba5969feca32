import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('datasets', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DataVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('appended', models.BooleanField(default=False)),
                ('file', models.CharField(blank=True, max_length=1024, null=True)),
                ('columnar', models.CharField(blank=True, default='', max_length=1024)),
                ('basename', models.CharField(max_length=512)),
                ('filesize', models.BigIntegerField(null=True)),
                ('n_rows', models.BigIntegerField(null=True)),
                ('n_users', models.BigIntegerField(null=True)),
                ('n_items', models.BigIntegerField(null=True)),
                ('fingerprint', models.CharField(blank=True, default='', max_length=64)),
                ('ins_datetime', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('training_data', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='datasets.trainingdata')),
            ],
            options={
                'ordering': ('-number',),
                'constraints': [models.UniqueConstraint(fields=('training_data', 'number'), name='one_version_per_number')],
            },
        ),
    ]
