from django.db import migrations, models


class AddSmallIndex(migrations.AddIndex):
    """Make the index without locking the table on PostgreSQL: it may hold millions of rows, and
    applications go on writing."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        # One that was interrupted leaves an index behind that is not valid.
        schema_editor.remove_index(model, self.index, concurrently=True)
        schema_editor.add_index(model, self.index, concurrently=True)


class Migration(migrations.Migration):

    # PostgreSQL makes no index beside others' work within a transaction.
    atomic = False

    dependencies = [
        ('notifications', '0034_smtp'),
    ]

    operations = [
        AddSmallIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('raw_path', ''), _negated=True), fields=['raw_path'], name='notification_raw_path'),
        ),
    ]
