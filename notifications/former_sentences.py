"""Earlier wordings of sentences that are kept in the database, and the sentence of today that each
became. Rows that have the earlier one are shown as today's, in the reader's language.

Whoever changes the English of a `storable` sentence puts the old one here; its values keep their
names.
"""

FORMER: dict[str, str] = {
    "Microsoft gave no clear answer.": "Microsoft's response was unclear.",
    "This answer did not come from Microsoft.": "This response didn't come from Microsoft.",
    "Microsoft did not answer in time.": "Microsoft didn't respond in time.",
    "Microsoft did not take the message.": "Microsoft didn't accept the message.",
    "It is not known whether the message went out.": (
        "Mail Connector couldn't confirm whether this message was sent."
    ),
    "Microsoft could not be reached.": "Can't reach Microsoft.",
    "The name of Microsoft's host was not found.": "Can't find Microsoft's host (DNS).",
    "There is no way to Microsoft's network.": "No route to Microsoft's network.",
    "Nobody answered at Microsoft's address.": "The connection to Microsoft timed out.",
    "The address of the proxy cannot be read.": "The proxy's address is invalid.",
    "The proxy does not let the connection through.": "The proxy doesn't allow the connection.",
    "Something else answers in Microsoft's place.": (
        "Another server responds instead of Microsoft."
    ),
    "The other side's certificate is not valid now.": (
        "The server's certificate has expired or isn't valid yet."
    ),
    "No secure connection could be made.": "A secure connection couldn't be established.",
    "Microsoft's sign-in service did not answer as it should.": (
        "Microsoft's sign-in service returned an unexpected response."
    ),
    "Exchange asks for a pause.": "Exchange is throttling this mailbox.",
    "Exchange did not understand the request.": "Exchange didn't understand the request.",
    "Exchange could not read the message.": "Exchange couldn't read the message.",
    "The mailbox is not available at the moment.": "The mailbox is temporarily unavailable.",
    "The mailbox cannot take another kind of header.": (
        "The mailbox can't store another kind of header."
    ),
    "Exchange does not let the account send from this address.": (
        "The account isn't allowed to send from this address."
    ),
    "The stored draft is gone.": "The stored draft is missing.",
    "Exchange cannot do this at the moment.": "Exchange can't do this right now.",
    "Microsoft did not accept the access token.": "Microsoft rejected the access token.",
    "A Conditional Access policy refuses the access token.": (
        "A Conditional Access policy blocks the access token."
    ),
    "The sign-in does not allow this.": "The sign-in doesn't allow this.",
    "Your organization does not let this application in.": (
        "Your organization doesn't allow this application."
    ),
    "Exchange Online is closed to the account.": "The account can't use Exchange Online.",
    "Exchange does not let the account into its mailbox.": ("The account can't open its mailbox."),
    "The stored secrets cannot be read.": "The stored secrets can't be read.",
    "The attachments are larger than the limit.": "The attachments exceed the limit.",
    "The connector made a mistake.": "Internal error in Mail Connector.",
    "The connector made a mistake; the worker's log has its details.": (
        "Internal error in Mail Connector; the worker's log has the details."
    ),
    "Microsoft does not accept the stored sign-in.": "Microsoft rejected the stored sign-in.",
    "Microsoft wants the account to confirm itself.": (
        "Microsoft requires multi-factor authentication."
    ),
    "The application has not been given the permissions it needs.": (
        "The application doesn't have the permissions it needs."
    ),
    "Consent was refused.": "Consent was declined.",
    "The application may not ask for these permissions.": (
        "The application isn't allowed to request these permissions."
    ),
    "The sign-in took another way back than it started.": (
        "The sign-in ended in a different browser session than it started in."
    ),
    "Microsoft does not know this application or tenant.": (
        "Microsoft doesn't know this application or tenant."
    ),
    "The tenant lives in another cloud.": "The tenant is in a different cloud.",
    "Microsoft does not accept the application's credential.": (
        "Microsoft rejected the application's credential."
    ),
    "The app registration is for programs without a secret.": (
        "The app registration is for apps without a secret."
    ),
    "The certificate was not accepted.": "The certificate was rejected.",
    "The answer had been lost; the stored draft shows that the message went out.": (
        "The response had been lost; the stored draft shows that the message was sent."
    ),
    "The notification was not added to the queue: %(addresses)s bounced before.": (
        "The notification was not added to the queue. On the suppression list: %(addresses)s."
    ),
    "Held: %(addresses)s bounced before. Send now sends it all the same.": (
        "Held. On the suppression list: %(addresses)s. Send now sends it all the same."
    ),
    "Left out: %(addresses)s bounced before. The others get the message.": (
        "Left out. On the suppression list: %(addresses)s. The others get the message."
    ),
}
