"""Delivery status reports as mail servers write them, each around a mail of ours; texts and names are made up."""

from __future__ import annotations

OURS = "0123456789abcdef"


def report(
    *recipients: str,
    key: str = OURS,
    returned: str = "message/rfc822",
    mail_fields: str = "Reporting-MTA: dns; mx.mail.example\nArrival-Date: Fri, 20 Nov 2026 07:31:02 +0000 (UTC)\n",
    message_id: str | None = None,
    status_type: str = "message/delivery-status",
) -> bytes:
    """Return a report with one group of fields a recipient; `returned` is what came back of the mail."""
    identity = message_id or f"Message-ID: <{key}@sender.example>"
    headers = f"Received: from app.sender.example by mx.mail.example\nFrom: Prospect <alerts@sender.example>\nTo: jane@example.com\nSubject: Harbor Mills: Ada Quill joins\n{identity}\n"
    body = headers + ("\nWhat the mail said.\n" if returned == "message/rfc822" else "")
    groups = "\n".join([mail_fields, *recipients])
    return f"""\
Return-Path: <>
Date: Fri, 20 Nov 2026 07:31:03 +0000 (UTC)
From: MAILER-DAEMON@mx.mail.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: alerts@sender.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="8A1F.1763624263/mx"
Message-Id: <20261120073103.8A1F@mx.mail.example>

This is a MIME-encapsulated message.

--8A1F.1763624263/mx
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--8A1F.1763624263/mx
Content-Description: Delivery report
Content-Type: {status_type}

{groups}
--8A1F.1763624263/mx
Content-Description: Undelivered Message
Content-Type: {returned}

{body}
--8A1F.1763624263/mx--
""".encode()


UNKNOWN = """\
Final-Recipient: rfc822; jane@example.com
Original-Recipient: rfc822;jane@example.com
Action: failed
Status: 5.1.1
Remote-MTA: dns; inbound.example.com
Diagnostic-Code: smtp; 550 5.1.1 <jane@example.com>: Recipient address rejected:
    User unknown in virtual mailbox table
"""
FULL = """\
Final-Recipient: rfc822;jane@example.com
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp;552-5.2.2 The recipient's inbox is out of storage space
"""
DELAYED = """\
Final-Recipient: rfc822; jane@example.com
Action: delayed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to inbound.example.com[192.0.2.4]:25: Connection timed out
Will-Retry-Until: Wed, 25 Nov 2026 07:31:02 +0000 (UTC)
"""
DELIVERED = "Final-Recipient: rfc822; jane@example.com\nAction: delivered (to mailbox)\nStatus: 2.0.0\n"
OUT_OF_OFFICE = b"""\
From: Jane <jane@example.com>
To: alerts@sender.example
Subject: Automatic reply: Harbor Mills: Ada Quill joins
In-Reply-To: <0123456789abcdef@sender.example>
Auto-Submitted: auto-replied
Content-Type: text/plain

I am away; status 5.1.1 of my desk is unknown. Message-ID: <0123456789abcdef@sender.example>
"""
READ_RECEIPT = b"""\
From: Jane <jane@example.com>
Content-Type: multipart/report; report-type=disposition-notification; boundary=b

--b
Content-Type: text/plain

Read.
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822; jane@example.com
Original-Message-ID: <0123456789abcdef@sender.example>
Disposition: manual-action/MDN-sent-manually; displayed
--b
Content-Type: text/rfc822-headers

Message-ID: <0123456789abcdef@sender.example>
--b--
"""
