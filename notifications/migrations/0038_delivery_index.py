from django.db import migrations, models
from django.db.models import Q


class _AddIndex(migrations.AddIndex):
    """Make the index while entries are written: on PostgreSQL a plain CREATE INDEX would keep a
    large log locked for minutes. One that was interrupted leaves a useless index, which goes
    first."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            name = schema_editor.quote_name(self.index.name)
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            schema_editor.add_index(model, self.index, concurrently=True)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('notifications', '0037_delivery_results'),
    ]

    operations = [
        _AddIndex(
            model_name='attempt',
            index=models.Index(fields=['delivery', '-at', '-id'], condition=~Q(delivery=''), name='attempt_delivery'),
        ),
    ]
