"""Whether a text is plainly not English: by its script, or by common words of other languages.

In doubt a text counts as English: names, loan words and quoted lines are common in tweets, and
some languages are recognised in long sentences only.
"""

import re
import unicodedata

from lstm_sentiment_cli.text.cleaning import NORMALIZER_VERSION, cleaned

# What looks the same in all languages.
_NO_WORDS = re.compile(r"https?://\S+|www\.\S+|[@#]\w+")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
# No Latin letters; those with accents, of phonetics and of Vietnamese count as Latin.
_OTHER_SCRIPTS = re.compile("[^\x00-\u036f\u1e00-\u1eff]")
_FEWEST_LETTERS = 3

# English is without words that others have too: so, in, an, me, no, he, was, will. The others are
# without words that occur in English texts: words (die, met, con, ale), names (ben, dan) and slang
# (ya, dem, mi).
_COMMON_WORDS = """
    English: the and to of is it you that for on are with they be at have this from had not but what
        were when your can there my i'm i just like good love get going today we she his her its
        it's don't dont im would did been about out up one if how know got now more day lol too see
        think really some who why back then still need want time work new go great well happy oh
        thanks thank off much make last night tomorrow or by as am
    Spanish: que los las por para pero como muy esta está este eso porque cuando donde nada todo
        todos hoy mañana siempre quiero tengo estoy eres soy gracias hola buenos buenas días día
        noches también más qué sí ahora hacer puedo vamos mejor cosas mucho gusta feliz esto nunca
        tiene tienes hasta sobre pues jajaja jaja una del nos el la un en es se al lo ser bien otra
        otro vez sin tan cumpleaños lunes amigos todavía encanta odio casa trabajo creo fue cada ese
        esa años noche semana aquí así
    Portuguese: finalmente não que você vocês muito uma meu minha mas pra hoje obrigado obrigada
        estou isso então também bom dia tudo aqui ainda amanhã quero tenho mais são está para com
        por foi vou ele ela nada agora gente saudade nós kkkk eu amo um os da na feliz boa noite sem
        fazer ser quando vai casa mundo trabalho porque nunca sempre essa esse como até só já
    French: enfin quelle quel perdu notre votre leur tellement je suis pas des une est dans sur avec
        c'est j'ai mais très merci bonjour oui qui quoi aussi tous être fait ça vous nous elle ils
        sont cette demain aujourd'hui encore bien toujours parce trop d'un l'on n'est qu'il alors
        moi toi aux était plus le la un du il et en au ce ne se que j'en t'es veux vraiment journée
        bonne nuit soir matin monde jamais quand comme rien faire vais peux ont mes mon sans chez
        déjà après
    German: endlich ich nicht und der das ist ein eine einen auch mit auf aber wie noch schon sehr
        wir sie mich mir dich habe heute morgen kann wieder immer danke jetzt nur bei vom zum zur
        für über keine kein dann doch sind wenn nach oder weil alles nichts bist viel mein meine
        guten gerade warum schwer essen wirklich wochenende freue nie hab leider müde zu im es du ja
        von mal haben wurde wäre euch uns ihr sich einfach schön arbeit
    Italian: abbiamo finalmente hanno quello anche fatto che non sono per una della delle questo
        questa come più perché è ho mio mia grazie ciao oggi domani bene molto sempre tutto tutti
        quando ancora cosa gli nel alla giorno buongiorno il lo la un di del dei da se ti ci si le
        al nuovo bella bello fare voglia sera notte casa mai niente troppo stanco stanca mare treno
        giornata
    Dutch: eindelijk we ik het een niet dat maar voor zijn ook naar heb wel nog mijn niks goed wat
        bij heeft lekker morgen vandaag weer jij zo'n echt hebben omdat moet jullie wij deze de en
        te zo geen leuk moe mooie dag uit door om aan op als nu meer gaan kan bent laat trein veel
        helemaal
    Indonesian: akhirnya paling enak kamu aku yang tidak nggak gak ini itu ada saya untuk udah sudah
        lagi bisa banget aja dengan dari mau sama juga nya kita buat jadi tapi kalau kalo apa pagi
        malam terima kasih sangat sekali hari besok tadi di ke belum pulang selamat semua hujan
        lapar makan tidur orang banyak baru pergi sekarang
    Tagalog: ang mga ako naman ikaw kasi talaga yung sana hindi wala kayo sila tayo dito pero ngayon
        kanina gusto ito iyon ano kung nang salamat magandang ng na sa ko mo ka din akong inyong
        lahat araw amin natin gutom init sarap bakit
    Turkish: sonunda bir çok için değil güzel bugün yok evet hayır benim seni bana sana daha şimdi
        neden kadar iyi teşekkürler olarak ama gibi ne bu ve sen mı da de ki her hiç yarın sabah
        hava akşam gün kötü seviyorum oldu olan artık arkadaşlar yine
    Polish: wreszcie moje nie jest się że jak mnie dzisiaj dziś bardzo też już tylko mam jestem
        dobrze dzień dobry tak czy być mój moja jutro dziękuję na pracy znowu za wszystko co nic
        kiedy piękny dom jeszcze gdzie iść bez chce zawsze
    Scandinavian: min mina mitt ett äntligen hade hvor jeg och att det är inte jag som på för med
        mycket också idag ikke og til har kan ikkje også veldig meget noget godt takk været være dag
        av en et så igen allt sen ska gillar du vi er trött underbar hele tiden hva hvad nå
    Finnish: minulla sinä sinun että mutta niin olen minä nyt hyvä hyvää ei kun tänään huomenna
        paljon kiitos se joka sitten vain mä sä oli ole ja taas enää jaksa kaikille ilta väsynyt
        tämä mitä miksi sää
    Romanian: și nu este să cu mai pentru sunt foarte acum azi mâine mulțumesc bună ce din când dar
        pot astăzi zi ploaia
    Vietnamese: không tôi là của và có được rất một người này đi quá cho mình anh với hôm vui muốn
        làm cảm ơn mọi nhiều
    Hungarian: nem és hogy egy vagyok nagyon csak ez az jó köszönöm holnap már még mert nap szeretem
        fáradt
    Czech: že jsem není taky dnes jsme je se velmi děkuji dobrý jak tak co když být mám zítra
    Hindi: nahi kya bahut bhi aur mujhe yaar raha rahi tha kuch aaj mera meri hoon ki ka nahin acha
        accha
"""  # noqa: RUF001  # a letter of Turkish
_ENGLISH, *_OTHERS = [
    frozenset(words.split()) for words in re.split("[A-Z][a-z]+:", _COMMON_WORDS)[1:]
]


def plainly_not_english(text: str) -> bool:
    """Return whether a text is plainly in another language: "ich bin heute nicht da" → True."""
    text = _NO_WORDS.sub(" ", cleaned(text, NORMALIZER_VERSION).text)
    words = frozenset(_WORD.findall(unicodedata.normalize("NFKC", text).lower()))
    if _in_another_script("".join(words)):
        return True
    english = len(words & _ENGLISH)
    others = max(len(words & its) for its in _OTHERS)
    if others:
        # Accents alone prove nothing: English texts have loan words and broken encodings.
        accented = {word for word in words if len(word) >= _FEWEST_LETTERS and not word.isascii()}
        others = max(len(words & its | accented) for its in _OTHERS if words & its)
    return others > 2 * english + 1 and 4 * others >= len(words)


def _in_another_script(letters: str) -> bool:
    others = len(_OTHER_SCRIPTS.findall(letters))
    return others >= _FEWEST_LETTERS and 2 * others > len(letters)
