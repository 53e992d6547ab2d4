"""Mail in the charsets of the years before UTF-8, headers and bodies: answers to an open call, sent to all three.

Every letter says the same thing in its own script, really encoded: a reader that gets one of them wrong shows it at once.
"""

# ruff: noqa: E501 (a paragraph of a mail is one line, as it is sent)

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from deploy.demo.letter import Letter, Placed, filed, moment
from deploy.demo.people import STUDIO, Correspondent, Person

KEPT_IN_INBOX = timedelta(days=10)


@dataclass(frozen=True)
class Answer:
    """A letter to the open call. `charset` and `transfer` are those of the body and, for text, of the header words."""

    charset: str
    transfer: str
    name: str
    address: str
    when: str
    subject: str
    text: str
    time_zone: str = "Europe/Paris"
    header_encoding: str = "B"
    rich: bool = False
    words: str = "seen"


ANSWERS: tuple[Answer, ...] = (
    Answer(
        "iso-8859-1",
        "quoted-printable",
        "Geneviève Lacoste",
        "genevieve@papiers-lacoste.example",
        "4d 10:14",
        "Papiers pliés, côté Dordogne",
        """Chère équipe,

c'est avec une joie d'écolière que je vous envoie ma participation : trois pliages, réalisés à la bougie pendant la coupure d'électricité de février. Où dois-je déposer le colis ? La mairie a déjà été prévenue, elle s'inquiète.

Très cordialement,
Geneviève Lacoste""",
        header_encoding="Q",
        words="",
    ),
    Answer(
        "iso-8859-15",
        "8bit",
        "Benoît Lecœur",
        "benoit@lecoeur.example",
        "7d 16:05",
        "Mon œuvre : cadre à 35 € près",
        """Bonjour,

mon œuvre est prête. L'encadrement coûte 35 €, la sœur de Gaëlle le ferait pour 20 €, mais elle a mauvais œil et bon cœur. Que préférez-vous ?

Benoît Lecœur""",
        header_encoding="Q",
    ),
    Answer(
        "iso-8859-1",
        "8bit",
        "Jörg Müßig",
        "joerg@papiermuehle-suess.example",
        "9d 08:30",
        "Grüße aus der Papiermühle",
        """Liebe Leute,

schöne Grüße aus der Mühle! Für eure Ausstellung hätte ich zwölf Bögen Büttenpapier übrig, größtenteils heil. Die Mäuse waren gründlich, aber höflich.

Herzlich, euer Jörg Müßig""",
        header_encoding="Q",
    ),
    Answer(
        "windows-1252",
        "quoted-printable",
        "Änne Großkopf",
        "aenne@schattentheater.example",
        "15d 19:42",
        "„Schatten“ – mein Beitrag für 90 €",
        """Guten Abend,

mein Beitrag heißt „Schatten“ – er ist aus schwarzem Tonpapier und braucht eine Kerze … keine Sorge, eine elektrische. Material: 90 €. Wer zündet an?

Änne Großkopf""",
        header_encoding="Q",
        words="seen answered",
    ),
    Answer(
        "koi8-r",
        "base64",
        "Олег Ветров",
        "oleg@vetrov-gravura.example",
        "6d 11:20",
        "Гравюры для выставки бумаги",
        """Здравствуйте, дорогие друзья!

Посылаю вам семь гравюр на старой бумаге. Бумагу нашёл дед на чердаке, гравюры сделал я, а ошибки в подписях общие.

Если одна потеряется в дороге, не ищите: значит, ей там лучше.

С уважением,
Олег Ветров""",
        "Europe/Helsinki",
        rich=True,
        words="seen flagged",
    ),
    Answer(
        "windows-1251",
        "8bit",
        "Анна Соколова",
        "anna@sokolova-pereplet.example",
        "10d 15:11",
        "Вопрос о переплёте и сроках",
        """Добрый день!

Скажите, пожалуйста, до какого числа можно прислать переплёт? Клей сохнет медленно, кот спит сверху, и торопить никого из них нельзя.

Ваша Анна Соколова""",
        "Europe/Helsinki",
    ),
    Answer(
        "gb2312",
        "base64",
        "陈晓雨",
        "xiaoyu@xuan-zhi.example",
        "3d 04:33",
        "关于宣纸作品的展览",
        """各位老师：

你们好！我想寄三幅宣纸作品参加展览。纸是家乡的，墨是爷爷磨的，画里的小船是我自己想坐的那一条。

请问包裹寄到里昂还是柏林？

陈晓雨 敬上""",
        "Asia/Shanghai",
        words="",
    ),
    Answer(
        "gb18030",
        "8bit",
        "李㐂堂",
        "lixitang@shufang.example",
        "18d 05:20",
        "书房来信：㐂堂的一包古纸",
        """诸位朋友：

寄上旧纸一包，共二十四张，都是我祖父㐂堂先生在书房里存下的。其中一张写着“龘”字，笔画太多，我数了三遍。

祝展览顺利！
李㐂堂""",
        "Asia/Shanghai",
    ),
    Answer(
        "big5",
        "base64",
        "林美玲",
        "meiling@lin-gongfang.example",
        "8d 06:45",
        "剪紙作品與問候",
        """親愛的三位：

我從臺南寄了一個紙盒，裡面是十二張剪紙，每張一個月份。八月那張被颱風吹走過，後來在鄰居的榕樹上找到，請溫柔對待。

林美玲 敬上""",
        "Asia/Taipei",
        rich=True,
    ),
    Answer(
        "iso-2022-jp",
        "7bit",
        "山田花子",
        "hanako@yamada-origami.example",
        "2d 03:15",
        "折り紙作品の応募について",
        """佐藤様、ルー様、ウェーバー様

はじめまして、山田花子と申します。九十歳の母と二人で折った、千羽より少し多い鶴をお送りしたいと思います。数えるたびに数が変わりますので、箱でお受け取りください。

どうぞよろしくお願いいたします。
山田花子""",
        "Asia/Tokyo",
        words="",
    ),
    Answer(
        "shift_jis",
        "base64",
        "井上健",
        "ken@inoue-kappan.example",
        "13d 02:50",
        "活版印刷の小さな本",
        """皆様

小さな活版の本を作りました。表には「能」、裏には「表」と刷ってあります。機械はソ連製で、よく表面を噛みます。

井上健""",
        "Asia/Tokyo",
    ),
    Answer(
        "euc-jp",
        "8bit",
        "渡辺さくら",
        "sakura@watanabe-shoin.example",
        "21d 04:05",
        "展覧会のお祝い",
        """このたびは展覧会の開催、おめでとうございます。書院の庭の桜で染めた紙を五枚、お祝いにお届けいたします。

渡辺さくら""",
        "Asia/Tokyo",
    ),
    Answer(
        "windows-1256",
        "base64",
        "ليلى الحداد",
        "layla@dar-alkhatt.example",
        "110m",
        "موعد ورشة الخط يوم الخميس",
        """مساء الخير أصدقائي،

أود تأكيد موعد ورشة الخط في الساعة السادسة. سأحضر معي القصب والحبر، وسيحضر أخي القهوة لأنه لا يثق بقهوة أحد.

مع التحية،
ليلى الحداد""",
        "Africa/Cairo",
        rich=True,
        words="",
    ),
    Answer(
        "iso-8859-6",
        "8bit",
        "يوسف منصور",
        "yusuf@mansour-waraq.example",
        "17d 10:25",
        "أوراق قديمة من المكتبة",
        """السلام عليكم،

وجدت في مكتبة جدي أوراقا قديمة من القطن، وأريد أن أشارك بها في المعرض. هل تقبلون ورقا عمره مئة عام ورائحته هيل؟

يوسف منصور""",
        "Asia/Amman",
    ),
    Answer(
        "iso-8859-2",
        "quoted-printable",
        "Zdeněk Dvořák",
        "zdenek@dvorak-knihar.example",
        "23d 09:09",
        "Přihláška na výstavu",
        """Dobrý den,

přihlašuji se s knihou vázanou v kůži, kterou mi žlutě obarvil soused. Prý omylem. Je to nejkrásnější žlutá, jakou jsem viděl.

Zdeněk Dvořák""",
        "Europe/Prague",
        "Q",
    ),
    Answer(
        "iso-8859-7",
        "base64",
        "Ελένη Νικολάου",
        "eleni@nikolaou-charti.example",
        "26d 13:13",
        "Χάρτινα καράβια για την έκθεση",
        """Καλησπέρα σας,

στέλνω τριάντα χάρτινα καράβια. Τα δοκίμασα στη λεκάνη: βούλιαξαν μόνο δύο, και αυτά με αξιοπρέπεια.

Ελένη Νικολάου""",
        "Europe/Athens",
    ),
    Answer(
        "euc-kr",
        "base64",
        "김하늘",
        "haneul@hanji-kim.example",
        "28d 03:40",
        "한지 작품을 보냅니다",
        """안녕하세요,

한지로 만든 등불 세 개를 보냅니다. 불을 켜면 벽에 물고기가 헤엄칩니다. 끄면 자요.

김하늘 드림""",
        "Asia/Seoul",
    ),
    Answer(
        "iso-8859-9",
        "8bit",
        "Gülşen Yıldız",
        "gulsen@ebru-yildiz.example",
        "30d 12:00",
        "Ebru çalışmalarım hakkında",
        """Merhaba,

sergi için altı ebru gönderiyorum. Üçü lale, ikisi dalga, biri de kahvesini döken ağabeyim.

Sevgiler, Gülşen Yıldız""",
        "Europe/Istanbul",
        "Q",
    ),
)


def placed(person: Person, now: datetime) -> Iterator[Placed]:
    """All answers, as this person got them. The older half has been filed."""
    if person not in STUDIO:
        return
    for answer in ANSWERS:
        sent = letter(answer, now)
        yield filed(sent, person, "Archive" if now - sent.date > KEPT_IN_INBOX else "INBOX", answer.words)


def letter(answer: Answer, now: datetime) -> Letter:
    """The answer as a letter in its own charset; the rich ones name it once more in the HTML, as their clients did."""
    paragraphs = "".join(f"<p>{block}</p>" for block in answer.text.replace("\n", "<br>\n").split("<br>\n<br>\n"))
    direction = ' dir="rtl"' if answer.charset in ("windows-1256", "iso-8859-6") else ""
    html = (
        (
            f'<html{direction}><head><meta http-equiv="Content-Type" content="text/html; charset={answer.charset}"></head>'
            f'<body style="font-family:serif;font-size:17px">{paragraphs}</body></html>'
        )
        if answer.rich
        else ""
    )
    return Letter(
        Correspondent(answer.name, answer.address, time_zone=answer.time_zone),
        STUDIO,
        answer.subject,
        moment(now, answer.when),
        answer.text + "\n",
        html,
        charset=answer.charset,
        transfer=answer.transfer,
        header_encoding=answer.header_encoding,
    )
