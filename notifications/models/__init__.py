"""The rows: one model a file. Statuses change through QuerySet methods only."""

from .account import MicrosoftAccount
from .alarms.alarm import Alarm
from .alarms.channel import AlarmChannel, Heartbeat
from .api_keys.key import ApiKey, ApiNotification
from .attachment import Attachment
from .attempt import Attempt
from .audit.event import AuditEvent
from .bulk_retry import BulkRetry
from .callback import Callback
from .delivery.bounce import Bounce
from .delivery.fact import DeliveryFact
from .delivery.poll import DeliveryPoll
from .delivery.suppression import Suppression
from .delivery.watch import DeliveryWatch
from .event import ConnectionEvent
from .layout import EmailLayout, LayoutFile
from .notification import Notification
from .origin import Origin
from .queue_state import QueueState
from .retention import Retention
from .settings import EmailSettings
from .sign_in import SignInDraft
from .smtp.client import SmtpClient
from .smtp.listener import SmtpListener, SmtpSettings
from .smtp.receipt import SmtpReceipt
from .smtp.session import SmtpSession
from .tally import Tally
from .template import EmailTemplate, TemplateFile
from .worker import Worker

__all__ = [
    "Alarm",
    "AlarmChannel",
    "ApiKey",
    "ApiNotification",
    "Attachment",
    "Attempt",
    "AuditEvent",
    "Bounce",
    "BulkRetry",
    "Callback",
    "ConnectionEvent",
    "DeliveryFact",
    "DeliveryPoll",
    "DeliveryWatch",
    "EmailLayout",
    "EmailSettings",
    "EmailTemplate",
    "Heartbeat",
    "LayoutFile",
    "MicrosoftAccount",
    "Notification",
    "Origin",
    "QueueState",
    "Retention",
    "SignInDraft",
    "SmtpClient",
    "SmtpListener",
    "SmtpReceipt",
    "SmtpSession",
    "SmtpSettings",
    "Suppression",
    "Tally",
    "TemplateFile",
    "Worker",
]
