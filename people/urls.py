"""The addresses of people's own pages, and of the ways in. Those that allauth looks for have its
names."""

from django.urls import path

from . import account_page, links_pages, rules_page
from .microsoft import views as microsoft
from .ways_in import again, login, logout, second_factor

urlpatterns = [
    path("login/", login.Login.as_view(), name="account_login"),
    path("login/again/", again.again, name="login_again"),
    path("login/cancel/", login.cancel, name="cancel_login"),
    path("login/code/", second_factor.Ask.as_view(), name="mfa_authenticate"),
    path("login/microsoft/", microsoft.start, name="microsoft_login"),
    path("login/microsoft/callback/", microsoft.callback, name="microsoft_callback"),
    path("logout/", logout.logout, name="account_logout"),
    path("account/", account_page.account, name="account"),
    path("account/session/", account_page.session_state, name="session_state"),
    path("account/sessions/end/", account_page.end_sessions, name="end_sessions"),
    path("account/second-factor/", second_factor.SetUp.as_view(), name="mfa_activate_totp"),
    path("account/second-factor/off/", second_factor.TurnOff.as_view(), name="mfa_deactivate_totp"),
    path(
        "account/recovery-codes/",
        second_factor.RecoveryCodes.as_view(),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/recovery-codes/new/",
        second_factor.NewRecoveryCodes.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path("set-password/", links_pages.set_password, name="set_password"),
    path("auth/user/<int:pk>/link/", links_pages.make_link, name="user_link"),
    path("settings/log-in/", rules_page.rules, name="login_rules"),
]
