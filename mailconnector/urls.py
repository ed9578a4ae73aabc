"""Every page's address."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("settings_ui.urls")),
    path("", admin.site.urls),
]
