"""The table of every address of the project, who may open it, and who may post to it.

A view without a row fails a test of test_access.py: decide who may use it, and write it down.
"""

from .access_answers import (
    ADMINISTRATOR,
    API_KEY_ONLY,
    AUDITED,
    MISSING,
    MOVED,
    NOBODY,
    ONLY_LOGGED_IN,
    OPERATORS,
    POSTED_BY_ADMINISTRATOR,
    POSTED_BY_OPERATOR,
    PUBLIC,
    READERS,
    WRONG_METHOD,
    model_rows,
)

TABLE = {
    "admin:index": ("/", ONLY_LOGGED_IN, ONLY_LOGGED_IN),
    "account_login": ("/login/", "200 moved moved moved moved", "200 moved moved moved moved"),
    "admin:login": ("/login/", "200 moved moved moved moved", "200 moved moved moved moved"),
    "account_logout": ("/logout/", "405 405 405 405 405", "login 200 200 200 200"),
    "admin:logout": ("/logout/", "405 405 405 405 405", "login 200 200 200 200"),
    "set_language": ("/language/", "405 405 405 405 405", "moved moved moved moved moved"),
    "help": ("/help/", MOVED, "405 405 405 405 405"),
    "help_chapter": ("/help/using-it/", ONLY_LOGGED_IN, "405 405 405 405 405"),
    "admin:password_change": ("/password_change/", ONLY_LOGGED_IN, ONLY_LOGGED_IN),
    "admin:password_change_done": ("/password_change/done/", ONLY_LOGGED_IN, WRONG_METHOD),
    "admin:autocomplete": ("/autocomplete/", NOBODY, WRONG_METHOD),
    "admin:jsi18n": ("/jsi18n/", ONLY_LOGGED_IN, WRONG_METHOD),
    "admin:search": ("/search/?s=x", ONLY_LOGGED_IN, ONLY_LOGGED_IN),
    "admin:view_on_site": ("/r/{content_type}/{user}/", MISSING, MISSING),
    "admin:app_list": ("/notifications/", "login 404 200 200 200", "login 404 200 200 200"),
    "admin:(?P<url>.*)$": ("/nothing/here/", MISSING, MISSING),
    # People
    "account": ("/account/", ONLY_LOGGED_IN, "405 405 405 405 405"),
    "session_state": (
        "/account/session/", "401 204 204 204 204", "405 405 405 405 405",
    ),
    "end_sessions": ("/account/sessions/end/", "405 405 405 405 405", MOVED),
    "login_again": ("/login/again/", ONLY_LOGGED_IN, "login 422 422 422 422"),
    "cancel_login": ("/login/cancel/", "405 405 405 405 405", "login login login login login"),
    "microsoft_login": ("/login/microsoft/", "405 405 405 405 405", "403 403 403 403 403"),
    "microsoft_callback": (
        "/login/microsoft/callback/", "403 403 403 403 403", "405 405 405 405 405",
    ),
    "mfa_authenticate": ("/login/code/", *["login moved moved moved moved"] * 2),
    "mfa_activate_totp": ("/account/second-factor/", ONLY_LOGGED_IN, ONLY_LOGGED_IN),
    "mfa_deactivate_totp": ("/account/second-factor/off/", MISSING, MISSING),
    "mfa_view_recovery_codes": ("/account/recovery-codes/", MISSING, WRONG_METHOD),
    "mfa_generate_recovery_codes": (
        "/account/recovery-codes/new/", ONLY_LOGGED_IN, ONLY_LOGGED_IN,
    ),
    "set_password": ("/set-password/", PUBLIC, "422 422 422 422 422"),
    "user_link": ("/auth/user/{user}/link/", ADMINISTRATOR, ADMINISTRATOR),
    "login_rules": ("/settings/log-in/", AUDITED, POSTED_BY_ADMINISTRATOR),
    # Settings
    "email_settings": ("/settings/email/", AUDITED, "login 403 403 403 422"),
    "sign_in": ("/settings/email/sign-in/", "login 403 403 403 moved", "login 403 403 403 422"),
    "test_settings": ("/settings/email/test/", *["login 403 403 403 moved"] * 2),
    "check_now": ("/settings/email/check/", "login 403 403 403 moved", "login 403 403 403 422"),
    "check_trace": ("/settings/email/trace/", "login 403 403 403 moved", "login 403 403 403 moved"),
    "keep_draft": ("/settings/email/draft/", "login 403 403 403 moved", "login 403 403 403 204"),
    "discard_draft": ("/settings/email/draft/discard/", *["login 403 403 403 moved"] * 2),
    "leave_practice": ("/settings/email/practice/", ADMINISTRATOR, POSTED_BY_ADMINISTRATOR),
    "create_certificate": ("/settings/email/certificate/", *["login 403 403 403 moved"] * 2),
    "certificate": (
        "/settings/email/certificate.cer", "login 403 404 403 404", "405 405 405 405 405",
    ),
    "create_trace_certificate": (
        "/settings/email/trace/certificate/", *["login 403 403 403 moved"] * 2,
    ),
    "trace_certificate": (
        "/settings/email/trace/certificate.cer", "login 403 404 403 404", "405 405 405 405 405",
    ),
    "registration_script": (
        "/settings/email/register.ps1", "login 403 403 403 moved", ADMINISTRATOR,
    ),
    "setup_checklist": ("/settings/email/checklist/", AUDITED, ADMINISTRATOR),
    "oauth_callback": ("/oauth/callback?state=x", "login 403 403 403 moved", "405 405 405 405 405"),
    # The queue
    **model_rows("notification", "notifications_notification", see=READERS),
    "admin:queue_pause": ("/notifications/notification/pause/", WRONG_METHOD, POSTED_BY_OPERATOR),
    "admin:queue_resume": ("/notifications/notification/resume/", WRONG_METHOD, POSTED_BY_OPERATOR),
    "admin:queue_database": (
        "/notifications/notification/database/", WRONG_METHOD, POSTED_BY_OPERATOR,
    ),
    "admin:notification_do": (
        "/notifications/notification/{notification}/do/", WRONG_METHOD, POSTED_BY_OPERATOR,
    ),
    "admin:queue_all": (
        "/notifications/notification/all/send_now/", "login 403 403 200 200",
        "login 403 403 200 200",
    ),
    "admin:notification_raw": (
        "/notifications/notification/{carried}/raw/", READERS, WRONG_METHOD,
    ),
    "admin:notification_attachment": (
        "/notifications/notification/{notification}/attachments/{attachment}/",
        READERS, WRONG_METHOD,
    ),
    "admin:notification_resend": (
        "/notifications/notification/{notification}/resend/",
        "login 403 403 200 200", "login 403 403 422 422",
    ),
    "admin:notification_edit": (
        "/notifications/notification/{notification}/edit/",
        ADMINISTRATOR, "login 403 403 403 422",
    ),
    # The log
    **model_rows("attempt", "notifications_attempt", see=READERS),
    "admin:log_keeping": (
        "/notifications/attempt/days-to-keep/", READERS, "login 403 403 403 422",
    ),
    "admin:log_clear": ("/notifications/attempt/clear/", ADMINISTRATOR, POSTED_BY_ADMINISTRATOR),
    "admin:log_export": ("/notifications/attempt/export/", READERS, WRONG_METHOD),
    "admin:log_erase": ("/notifications/attempt/erase/", ADMINISTRATOR, "login 403 403 403 422"),
    "admin:log_check_delivery": (
        "/notifications/attempt/{attempt}/check-delivery/", WRONG_METHOD,
        "login 403 moved moved moved",
    ),
    "admin:log_resend": (
        "/notifications/attempt/{attempt}/resend/", POSTED_BY_OPERATOR, POSTED_BY_OPERATOR,
    ),
    # E-mail > SMTP
    "admin:smtp_listener": (
        "/notifications/smtpclient/listener/", READERS, "login 403 403 403 422",
    ),
    **model_rows(
        "smtp_client", "notifications_smtpclient",
        see=READERS, change=ADMINISTRATOR, add=ADMINISTRATOR, delete=ADMINISTRATOR,
    ),
    "admin:smtp_client_password": (
        "/notifications/smtpclient/{smtp_client}/password/", WRONG_METHOD, ADMINISTRATOR,
    ),
    "admin:smtp_client_sheet": (
        "/notifications/smtpclient/{smtp_client}/sheet/", READERS, WRONG_METHOD,
    ),
    **model_rows("smtp_session", "notifications_smtpsession", see=OPERATORS),
    # Delivery results
    **model_rows("bounce", "notifications_bounce", see=READERS),
    **model_rows(
        "suppression", "notifications_suppression", see=READERS,
        add="login 403 403 200 200", delete="login 403 403 200 200",
    ),
    "admin:notifications_suppression_export": (
        "/notifications/suppression/export/", READERS, READERS,
    ),
    "admin:notifications_suppression_remove": (
        "/notifications/suppression/{suppression}/remove/",
        *["login 403 403 moved moved"] * 2,
    ),
    # E-mail Notifications
    **model_rows(
        "template", "notifications_emailtemplate", see=READERS, delete=ADMINISTRATOR,
    ),
    "admin:notifications_emailtemplate_add": (
        "/notifications/emailtemplate/add/", ADMINISTRATOR, "login 403 403 403 422",
    ),
    "admin:notifications_emailtemplate_change": (
        "/notifications/emailtemplate/{template}/change/", READERS, "login 403 403 403 422",
    ),
    "admin:notifications_emailtemplate_simple_history": (
        "/notifications/emailtemplate/{template}/history/{template_history}/",
        READERS, POSTED_BY_ADMINISTRATOR,
    ),
    "admin:template_unsaved": (
        "/notifications/emailtemplate/unsaved/", WRONG_METHOD, ADMINISTRATOR,
    ),
    "admin:template_upload": (
        "/notifications/emailtemplate/upload/", WRONG_METHOD, "login 403 403 403 422",
    ),
    "admin:template_try": (
        "/notifications/emailtemplate/try/", WRONG_METHOD, "login 403 403 403 422",
    ),
    "admin:template_file": (
        "/notifications/emailtemplate/files/{template_file}/", READERS, WRONG_METHOD,
    ),
    **model_rows(
        "layout", "notifications_emaillayout", see=READERS, delete=ADMINISTRATOR,
    ),
    "admin:notifications_emaillayout_add": (
        "/notifications/emaillayout/add/", ADMINISTRATOR, "login 403 403 403 422",
    ),
    "admin:notifications_emaillayout_change": (
        "/notifications/emaillayout/{layout}/change/", READERS, "login 403 403 403 422",
    ),
    "admin:notifications_emaillayout_simple_history": (
        "/notifications/emaillayout/{layout}/history/{layout_history}/",
        READERS, POSTED_BY_ADMINISTRATOR,
    ),
    "admin:layout_unsaved": (
        "/notifications/emaillayout/unsaved/", WRONG_METHOD, ADMINISTRATOR,
    ),
    "admin:layout_file": (
        "/notifications/emaillayout/files/{layout_file}/", READERS, WRONG_METHOD,
    ),
    "admin:template_import": (
        "/notifications/emailtemplate/import/", ADMINISTRATOR, "login 403 403 403 422",
    ),
    "admin:template_run": (
        "/notifications/emailtemplate/{template}/run/",
        "login 403 403 200 200", "login 403 403 422 422",
    ),
    "admin:template_preview": (
        "/notifications/emailtemplate/{template}/preview/", READERS, READERS,
    ),
    "admin:template_test": (
        "/notifications/emailtemplate/{template}/send-test/",
        "login 405 405 405 405", "login 403 403 422 422",
    ),
    "admin:template_export": (
        "/notifications/emailtemplate/{template}/export/", READERS, "login 405 405 405 405",
    ),
    # Administration
    **model_rows(
        "api_key", "notifications_apikey", see=AUDITED, change=ADMINISTRATOR, add=ADMINISTRATOR
    ),
    "admin:api_key_revoke": (
        "/notifications/apikey/{api_key}/revoke/", WRONG_METHOD, POSTED_BY_ADMINISTRATOR,
    ),
    "admin:api_key_test": (
        "/notifications/apikey/{api_key}/send-test/", WRONG_METHOD, POSTED_BY_ADMINISTRATOR,
    ),
    **model_rows("callback", "notifications_callback", see=AUDITED),
    **model_rows(
        "alarm_channel", "notifications_alarmchannel",
        see=AUDITED, change=ADMINISTRATOR, add=ADMINISTRATOR, delete=ADMINISTRATOR,
    ),
    "admin:alarm_channel_test": (
        "/notifications/alarmchannel/{alarm_channel}/test/", WRONG_METHOD, POSTED_BY_ADMINISTRATOR,
    ),
    "admin:alarm_heartbeat": (
        "/notifications/alarmchannel/heartbeat/", WRONG_METHOD, POSTED_BY_ADMINISTRATOR,
    ),
    **model_rows("settings_history", "notifications_historicalemailsettings", see=AUDITED),
    **model_rows(
        "user", "auth_user",
        see=AUDITED, change=ADMINISTRATOR, add=ADMINISTRATOR, delete=ADMINISTRATOR,
    ),
    "admin:auth_user_password_change": (
        "/auth/user/{user}/password/", ADMINISTRATOR, ADMINISTRATOR,
    ),
    **model_rows(
        "group", "auth_group",
        see=AUDITED, change=ADMINISTRATOR, add=ADMINISTRATOR, delete=ADMINISTRATOR,
    ),
    "admin:auth_user_add": ("/auth/user/add/", ADMINISTRATOR, "login 403 403 403 422"),
    "admin:auth_user_change": ("/auth/user/{user}/change/", AUDITED, "login 403 403 403 422"),
    "admin:notifications_apikey_add": (
        "/notifications/apikey/add/", ADMINISTRATOR, "login 403 403 403 422",
    ),
    "admin:notifications_apikey_change": (
        "/notifications/apikey/{api_key}/change/", AUDITED, "login 403 403 403 422",
    ),
    "admin:user_deactivate": (
        "/auth/user/{user}/deactivate/", WRONG_METHOD, POSTED_BY_ADMINISTRATOR,
    ),
    "admin:user_activate": (
        "/auth/user/{user}/activate/", WRONG_METHOD, POSTED_BY_ADMINISTRATOR,
    ),
    **model_rows("audit_event", "notifications_auditevent", see=AUDITED),
    "admin:audit_export": ("/notifications/auditevent/export/", AUDITED, WRONG_METHOD),
    # The REST API: a session counts for nothing there. Its documentation holds no secrets.
    "api_docs": ("/api/v1/docs", PUBLIC, "405 405 405 405 405"),
    "api:openapi-json": ("/api/v1/openapi.json", PUBLIC, PUBLIC),
    "api:api-root": ("/api/v1/", "404 404 404 404 404", "404 404 404 404 404"),
    "api:queue_message": ("/api/v1/messages", API_KEY_ONLY, API_KEY_ONLY),
    "api:list_messages": ("/api/v1/messages", API_KEY_ONLY, API_KEY_ONLY),
    "api:message": ("/api/v1/messages/{notification}", API_KEY_ONLY, "405 405 405 405 405"),
    "api:cancel": (
        "/api/v1/messages/{notification}/cancel", "405 405 405 405 405", API_KEY_ONLY,
    ),
    "api:list_email_notifications": (
        "/api/v1/email-notifications", API_KEY_ONLY, "405 405 405 405 405",
    ),
    "api:run": (
        "/api/v1/email-notifications/x/run", "405 405 405 405 405", API_KEY_ONLY,
    ),
    "api:log": ("/api/v1/log", API_KEY_ONLY, "405 405 405 405 405"),
    "api:list_suppressions": ("/api/v1/suppressions", API_KEY_ONLY, API_KEY_ONLY),
    "api:add_suppression": ("/api/v1/suppressions", API_KEY_ONLY, API_KEY_ONLY),
    "api:delete_suppression": ("/api/v1/suppressions", API_KEY_ONLY, API_KEY_ONLY),
    "api/^": ("/api/nothing", "404 404 404 404 404", "404 404 404 404 404"),
}  # fmt: skip
