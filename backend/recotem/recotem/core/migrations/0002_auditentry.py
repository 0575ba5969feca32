import django.core.serializers.json
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actor', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(max_length=150)),
                ('key', models.BigIntegerField(null=True)),
                ('project', models.BigIntegerField(null=True)),
                ('action', models.CharField(choices=[('create', 'Create'), ('update', 'Update'), ('delete', 'Delete'), ('activate', 'Activate'), ('deactivate', 'Deactivate'), ('reset_password', 'Reset Password'), ('change_password', 'Change Password'), ('revoke', 'Revoke'), ('cancel', 'Cancel')], max_length=32)),
                ('kind', models.CharField(max_length=64)),
                ('subject', models.BigIntegerField()),
                ('name', models.CharField(max_length=256)),
                ('before', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                ('after', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                ('ins_datetime', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['project', 'id'], name='audit_of_project')],
            },
        ),
    ]
