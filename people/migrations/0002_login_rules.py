from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0001_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='LoginRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('second_factor_required', models.BooleanField(default=False, help_text='Whoever logs in with a password and may change users must set up an authenticator app first. Microsoft asks people who sign in with Microsoft.', verbose_name='Administrators need a second factor')),
            ],
            options={
                'verbose_name': 'log-in rules',
                'verbose_name_plural': 'log-in rules',
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_login_rules_row')],
            },
        ),
    ]
