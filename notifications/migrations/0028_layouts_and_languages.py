
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0026_words_of_settings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EmailLayout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='Name')),
                ('html', models.TextField(verbose_name='HTML body')),
                ('text', models.TextField(blank=True, verbose_name='Text alternative')),
            ],
            options={
                'verbose_name': 'layout',
                'verbose_name_plural': 'layouts',
                'ordering': ['name'],
                'default_permissions': (),
            },
        ),
        migrations.AlterModelOptions(
            name='templatefile',
            options={'ordering': ['pk'], 'verbose_name': 'standard attachment', 'verbose_name_plural': 'standard attachments'},
        ),
        migrations.AddField(
            model_name='emailtemplate',
            name='language',
            field=models.CharField(blank=True, max_length=20, verbose_name='Language'),
        ),
        migrations.AddField(
            model_name='emailtemplate',
            name='languages',
            field=models.JSONField(blank=True, default=dict, verbose_name='Languages'),
        ),
        migrations.AddField(
            model_name='emailtemplate',
            name='last_run_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='Last run'),
        ),
        migrations.AddField(
            model_name='emailtemplate',
            name='sample_sets',
            field=models.JSONField(blank=True, default=dict, verbose_name='More sample sets'),
        ),
        migrations.AddField(
            model_name='historicalemailtemplate',
            name='language',
            field=models.CharField(blank=True, max_length=20, verbose_name='Language'),
        ),
        migrations.AddField(
            model_name='historicalemailtemplate',
            name='languages',
            field=models.JSONField(blank=True, default=dict, verbose_name='Languages'),
        ),
        migrations.AddField(
            model_name='historicalemailtemplate',
            name='sample_sets',
            field=models.JSONField(blank=True, default=dict, verbose_name='More sample sets'),
        ),
        migrations.AlterField(
            model_name='emailtemplate',
            name='missing_values',
            field=models.CharField(choices=[('empty', 'Leave blank'), ('refuse', 'Reject the notification')], default='empty', max_length=10, verbose_name='When a placeholder has no value'),
        ),
        migrations.AlterField(
            model_name='emailtemplate',
            name='refuse_without_recipients',
            field=models.BooleanField(default=True, verbose_name='Reject runs without recipients'),
        ),
        migrations.AlterField(
            model_name='historicalemailtemplate',
            name='missing_values',
            field=models.CharField(choices=[('empty', 'Leave blank'), ('refuse', 'Reject the notification')], default='empty', max_length=10, verbose_name='When a placeholder has no value'),
        ),
        migrations.AlterField(
            model_name='historicalemailtemplate',
            name='refuse_without_recipients',
            field=models.BooleanField(default=True, verbose_name='Reject runs without recipients'),
        ),
        migrations.AddField(
            model_name='emailtemplate',
            name='layout',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='notifications.emaillayout', verbose_name='Layout'),
        ),
        migrations.AddField(
            model_name='historicalemailtemplate',
            name='layout',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='notifications.emaillayout', verbose_name='Layout'),
        ),
        migrations.CreateModel(
            name='HistoricalEmailLayout',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(db_index=True, max_length=100, verbose_name='Name')),
                ('html', models.TextField(verbose_name='HTML body')),
                ('text', models.TextField(blank=True, verbose_name='Text alternative')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'change of a layout',
                'verbose_name_plural': 'historical layouts',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='LayoutFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(db_index=True, max_length=100)),
                ('name', models.CharField(max_length=255, verbose_name='Name')),
                ('content_type', models.CharField(max_length=100, verbose_name='Type')),
                ('size', models.PositiveBigIntegerField(verbose_name='Size')),
                ('content_id', models.CharField(blank=True, help_text='For an inline image: <img src="cid:…">.', max_length=200, verbose_name='Content-ID')),
                ('layout', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='notifications.emaillayout')),
            ],
            options={
                'verbose_name': 'standard attachment',
                'verbose_name_plural': 'standard attachments',
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
    ]
