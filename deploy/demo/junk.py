"""Junk: what nobody asked for, with its tracking pixels and links that say one thing and go elsewhere. Invented throughout."""

# ruff: noqa: E501 (a paragraph of a mail is one line, as it is sent)

from collections.abc import Iterator
from datetime import datetime

from deploy.demo.letter import Letter, Placed, delivered, moment, written
from deploy.demo.people import STUDIO, Correspondent, Person

PILLS = Correspondent("GREAT OFFERS 4 YOU", "x91@win-win-win.example")
WATCHES = Correspondent("Luxury Sundials", "deals@sundials-outlet.example")
PRINCE = Correspondent("Barrister Crispin Umber", "c.umber@estate-umber.example")
PARCEL = Correspondent("Post Service", "info@parcel-release.example")
CRYPTO = Correspondent("MoonPaper", "airdrop@moonpaper.example")
SEO = Correspondent("Kevin from Growth", "kevin@rank-rocket.example")
FAKE_DESK = Correspondent("demo.test security desk", "alert@demo-test-login.example")
FAKE_BANK = Correspondent("Banque des Alpes", "securite@banque-alpes-verif.example")

PIXELS = "".join(
    f'<img src="https://pixel{number}.win-win-win.example/o.gif?u=8f14e45f&amp;n={number}" width="1" height="1" alt="" style="display:none">'
    for number in range(3)
)

SPAM = (
    (
        PILLS,
        "1d 03:12",
        "You are our 1.000.000th reader !!!",
        f"""<html><body bgcolor="#ffff66" style="background:#ffff66 url(https://win-win-win.example/bg.png)">
<center><table width="560" bgcolor="#ffffff" cellpadding="20" style="border:6px dashed #e3008c"><tr><td align="center">
<font face="Comic Sans MS, cursive" size="6" color="#e3008c"><b>CONGRATULATIONS !!!</b></font>
<p style="font:18px Arial">You have won a <b>lifetime supply of staples</b>. To receive them, only pay the bending fee of <s>49.99</s> <b style="color:red">4.99</b>.</p>
<p><a href="https://win-win-win.example/claim?u=8f14e45f" style="background:#00b33c;color:#fff;padding:16px 40px;font:bold 20px Arial;text-decoration:none">CLAIM MY STAPLES</a></p>
<img src="https://win-win-win.example/staples.gif?u=8f14e45f" width="320" height="120" alt="staples"></td></tr></table></center>
{PIXELS}<div style="background:url('https://beacon.win-win-win.example/b?u=8f14e45f')"></div></body></html>""",
    ),
    (
        WATCHES,
        "2d 02:44",
        "-80 % on genuine replica sundials",
        """<html><body style="font-family:Arial">
<h2>Genuine replica sundials</h2><p>Swiss movement (when the sun moves). Water resistant. No batteries.</p>
<p><a href="https://sundials-outlet.example/go?id=77">Shop before dark</a></p>
<img src="https://sundials-outlet.example/t.png?id=77" width="1" height="1"></body></html>""",
    ),
    (
        CRYPTO,
        "4d 21:17",
        "Your 4,000 PAPER tokens expire tonight",
        """<html><body style="background:#0a0a23;color:#e8e8ff;font-family:Verdana;padding:24px">
<h1 style="color:#7dffb2">It is not paper. It is PAPER.</h1><p>Connect your wallet, your other wallet and the drawer in the hall.</p>
<p><a style="color:#7dffb2" href="https://moonpaper.example/connect">Connect everything</a></p>
<img src="https://moonpaper.example/px?m=1" width="1" height="1"></body></html>""",
    ),
)

PHISHING = (
    (
        FAKE_DESK,
        "1d 05:30",
        "Your mailbox is full, act within 24 hours",
        """<html><body style="font-family:Arial;color:#333"><table width="520" cellpadding="16" style="border:1px solid #ccc">
<tr><td style="background:#3549c3;color:#fff"><b>Mail security</b></td></tr><tr><td><p>Dear user,</p><p>your mailbox has used <b>99.8 %</b> of its space.
To keep your mail, confirm your password now:</p><p><a href="https://demo-test-login.example/verify?user=you">https://mail.demo.test/settings</a></p>
<form action="https://demo-test-login.example/steal" method="post"><input name="password" type="password" placeholder="Password"> <button>Confirm</button></form>
<p style="font-size:12px;color:#888">The team of demo.test</p></td></tr></table></body></html>""",
    ),
    (
        FAKE_BANK,
        "3d 04:18",
        "Action requise : votre carte est suspendue",
        """<html><body style="font-family:Arial;color:#333"><p>Cher client,</p>
<p>une opération de 849,00 EUR semble inhabituelle. Annulez-la ici : <a href="http://203.0.113.66/banque/index.php">https://www.banque-des-alpes.example/espace-client</a></p>
<p>Sans réponse sous 12 heures, votre carte sera découpée par nos soins.</p><img src="https://banque-alpes-verif.example/l.gif?c=1" width="1" height="1"></body></html>""",
    ),
)

PLAIN = (
    (
        PRINCE,
        "5d 03:03",
        "Confidential: the estate of a great-uncle you did not know",
        """Dear Beloved,

I am the lawyer of the late Sir Humphrey Umber, who left 14,500,000 (fourteen million) sheets of blank paper and no heirs. You have the same first letter.

Please send your name, address, shoe size and favourite number.

Barrister Crispin Umber
""",
    ),
    (
        SEO,
        "6d 14:00",
        "Quick question about your website",
        """Hi there,

I was looking at your website and noticed it isn’t on page one for "glue". I can fix that. Do you have 45 minutes today, tomorrow and every day after?

Kevin
""",
    ),
    (
        SEO,
        "2d 14:00",
        "Re: Quick question about your website",
        "Hi there,\n\njust bumping this to the top of your inbox. Did you see my six other mails?\n\nKevin\n",
    ),
    (
        PARCEL,
        "7d 01:20",
        "Your parcel is waiting for 1.99",
        "Your parcel (weight: unknown, content: surprise) is waiting. Release it at https://parcel-release.example/pay\n",
    ),
)


def placed(person: Person, now: datetime) -> Iterator[Placed]:
    """All of it in Junk, but for one that slipped through into the inbox."""
    if person not in STUDIO:
        return
    for sender, when, subject, markup in SPAM + PHISHING:
        letter = Letter(sender, (person,), subject, moment(now, when), html=markup)
        yield _filed(letter, person, "INBOX" if sender == FAKE_DESK else "Junk")
    for sender, when, subject, text in PLAIN:
        yield _filed(Letter(sender, (person,), subject, moment(now, when), text), person, "Junk")


def _filed(letter: Letter, person: Person, folder: str) -> Placed:
    words = "" if folder == "INBOX" else "junk"
    return delivered(written(letter), letter.sender, person, folder, letter.date, words, "fail")
