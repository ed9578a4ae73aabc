"""What somebody reads who has stolen the database."""

from django.apps import apps


def everything_in_the_database():
    return str([list(model.objects.values_list()) for model in apps.get_models()])
