//! The words of the survey, in every language: for the mail and for its page. (CS-04 to CS-07)
//!
//! One table a language; a text without words does not compile.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Locale;

/// The survey in one language. Placeholders stand in braces.
#[derive(Debug)]
pub struct Texts {
    /// Subject of the mail.
    pub subject: &'static str,
    /// The mail's first lines.
    pub intro: &'static str,
    /// What a click does.
    note: &'static str,
    /// The link to no more surveys, and the button.
    pub stop: &'static str,
    /// The page's heading.
    pub question: &'static str,
    /// From very good down to very bad.
    pub scale: [&'static str; 5],
    /// Above the field for words.
    pub words: &'static str,
    /// The button.
    pub send: &'static str,
    /// Under the button.
    changeable: &'static str,
    /// One day, and several.
    days: [&'static str; 2],
    /// Beside the field for words, if there were some before.
    pub kept: &'static str,
    /// After sending.
    pub thanks: &'static str,
    /// Until when the answer can be changed.
    pub until: &'static str,
    /// Back to the form.
    pub change: &'static str,
    /// It can no longer be changed.
    pub settled: &'static str,
    /// An expired link, or one that never was.
    pub gone: &'static str,
    /// What one can do all the same.
    pub tell: &'static str,
    /// The button for that.
    pub tell_button: &'static str,
    /// After it.
    pub told: &'static str,
    /// No rating was chosen, or one outside the scale.
    pub choose: &'static str,
    /// Too many words.
    pub too_long: &'static str,
    /// No words where there must be some.
    pub empty: &'static str,
    /// Above what is wrong.
    pub not_saved: &'static str,
    /// The heading of the page for no more surveys.
    pub stop_question: &'static str,
    /// What that means.
    pub stop_why: &'static str,
    /// It is done.
    pub stopped: &'static str,
    /// The way back.
    pub again: &'static str,
    /// It is undone.
    pub asking: &'static str,
    /// Short names, Monday first.
    pub weekdays: &'static str,
    /// January first.
    pub months: &'static str,
    /// A day without its year.
    pub day: &'static str,
}

/// The survey in a language.
pub fn texts(locale: Locale) -> &'static Texts {
    match locale {
        Locale::En => &EN,
        Locale::De => &DE,
        Locale::Fr => &FR,
        Locale::Es => &ES,
        Locale::Ja => &JA,
    }
}

impl Texts {
    /// The word for a rating.
    pub fn rating(&self, rating: crate::Rating) -> &'static str {
        self.scale[usize::from(5 - rating.number())]
    }

    /// What a click does, and how long an answer can be changed.
    pub fn note(&self, changeable: i64) -> String {
        self.with_days(self.note, changeable)
    }

    /// For how many elapsed seconds an answer can be changed, in days.
    pub fn changeable(&self, changeable: i64) -> String {
        self.with_days(self.changeable, changeable)
    }

    fn with_days(&self, text: &str, seconds: i64) -> String {
        let days = seconds / 86_400;
        let words = self.days[usize::from(days != 1)].replace("{n}", &days.to_string());
        text.replace("{days}", &words)
    }

    /// Until when an answer can be changed, as a day in a zone.
    pub fn until(&self, at: Timestamp, zone: &TimeZone) -> String {
        let local = at.to_zoned_datetime(zone.clone());
        let name = |names: &'static str, place: i8| {
            usize::try_from(place - 1).ok().and_then(|place| names.split(' ').nth(place))
        };
        let day = self
            .day
            .replace(
                "{weekday}",
                name(self.weekdays, local.weekday().to_monday_one_offset()).unwrap_or_default(),
            )
            .replace("{day}", &local.day().to_string())
            .replace("{month}", name(self.months, local.month()).unwrap_or_default());
        self.until.replace("{day}", &day)
    }
}

const EN: Texts = Texts {
    subject: "How was our help with #{number}?",
    intro: "Your request #{number} is solved. How was our help?",
    note: "A click opens a page on which you send your answer; nothing is recorded before. You can add a word there and change your answer for {days}.",
    stop: "Do not ask me again",
    question: "How was our help?",
    scale: ["Very good", "Good", "All right", "Bad", "Very bad"],
    words: "Anything to add? (optional)",
    send: "Send my answer",
    changeable: "You can change it for {days}.",
    days: ["1 day", "{n} days"],
    kept: "If you leave this empty, what you wrote before stays.",
    thanks: "Thank you",
    until: "You can change your answer until {day}.",
    change: "Change my answer",
    settled: "Your answer stays as it is; the time for changing it is over.",
    gone: "This link no longer works",
    tell: "You can still tell the team:",
    tell_button: "Tell the team",
    told: "The team reads it.",
    choose: "Choose one of the five answers.",
    too_long: "Your words are too long: at most {most} characters.",
    empty: "There are no words in it.",
    not_saved: "Your answer was not saved",
    stop_question: "No more questions about our help?",
    stop_why: "We would not ask you any more how our help was. Your requests go on as before.",
    stopped: "We will not ask you again",
    again: "Ask me again",
    asking: "We will ask you again",
    weekdays: "Mon Tue Wed Thu Fri Sat Sun",
    months: "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    day: "{weekday} {day} {month}",
};

const DE: Texts = Texts {
    subject: "Wie war unsere Hilfe bei #{number}?",
    intro: "Ihre Anfrage #{number} ist gelöst. Wie war unsere Hilfe?",
    note: "Ein Klick öffnet eine Seite, auf der Sie Ihre Antwort absenden; vorher wird nichts gespeichert. Sie können dort etwas dazuschreiben und Ihre Antwort {days} lang ändern.",
    stop: "Nicht mehr fragen",
    question: "Wie war unsere Hilfe?",
    scale: ["Sehr gut", "Gut", "In Ordnung", "Schlecht", "Sehr schlecht"],
    words: "Möchten Sie etwas hinzufügen? (freiwillig)",
    send: "Antwort absenden",
    changeable: "Sie können sie {days} lang ändern.",
    days: ["1 Tag", "{n} Tage"],
    kept: "Wenn Sie das leer lassen, bleibt, was Sie zuvor geschrieben haben.",
    thanks: "Vielen Dank",
    until: "Sie können Ihre Antwort bis {day} ändern.",
    change: "Antwort ändern",
    settled: "Ihre Antwort bleibt, wie sie ist; die Zeit zum Ändern ist vorbei.",
    gone: "Dieser Link gilt nicht mehr",
    tell: "Sie können dem Team trotzdem etwas sagen:",
    tell_button: "Dem Team sagen",
    told: "Das Team liest es.",
    choose: "Wählen Sie eine der fünf Antworten.",
    too_long: "Ihr Text ist zu lang: höchstens {most} Zeichen.",
    empty: "Es steht nichts darin.",
    not_saved: "Ihre Antwort wurde nicht gespeichert",
    stop_question: "Keine Fragen mehr zu unserer Hilfe?",
    stop_why: "Wir würden Sie nicht mehr fragen, wie unsere Hilfe war. Ihre Anfragen laufen weiter wie bisher.",
    stopped: "Wir fragen Sie nicht mehr",
    again: "Wieder fragen",
    asking: "Wir fragen Sie wieder",
    weekdays: "Mo Di Mi Do Fr Sa So",
    months: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    day: "{weekday}, {day}. {month}",
};

const FR: Texts = Texts {
    subject: "Comment était notre aide pour la demande nº {number} ?",
    intro: "Votre demande nº {number} est résolue. Comment était notre aide ?",
    note: "Un clic ouvre une page où vous envoyez votre réponse ; rien n’est enregistré avant. Vous pouvez y ajouter un mot et modifier votre réponse pendant {days}.",
    stop: "Ne plus me poser la question",
    question: "Comment était notre aide ?",
    scale: ["Très bonne", "Bonne", "Correcte", "Mauvaise", "Très mauvaise"],
    words: "Quelque chose à ajouter ? (facultatif)",
    send: "Envoyer ma réponse",
    changeable: "Vous pouvez la modifier pendant {days}.",
    days: ["1 jour", "{n} jours"],
    kept: "Si vous laissez ce champ vide, ce que vous avez écrit auparavant est conservé.",
    thanks: "Merci",
    until: "Vous pouvez modifier votre réponse jusqu’au {day}.",
    change: "Modifier ma réponse",
    settled: "Votre réponse reste telle quelle ; le délai pour la modifier est écoulé.",
    gone: "Ce lien ne fonctionne plus",
    tell: "Vous pouvez tout de même vous adresser à l’équipe :",
    tell_button: "Écrire à l’équipe",
    told: "L’équipe le lit.",
    choose: "Choisissez l’une des cinq réponses.",
    too_long: "Votre texte est trop long : {most} caractères au plus.",
    empty: "Le texte est vide.",
    not_saved: "Votre réponse n’a pas été enregistrée",
    stop_question: "Ne plus vous interroger sur notre aide ?",
    stop_why: "Nous ne vous demanderions plus comment était notre aide. Vos demandes suivent leur cours.",
    stopped: "Nous ne vous poserons plus la question",
    again: "Me poser à nouveau la question",
    asking: "Nous vous poserons à nouveau la question",
    weekdays: "lun. mar. mer. jeu. ven. sam. dim.",
    months: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    day: "{weekday} {day} {month}",
};

const ES: Texts = Texts {
    subject: "¿Qué tal fue nuestra ayuda con la solicitud n.º {number}?",
    intro: "Su solicitud n.º {number} está resuelta. ¿Qué tal fue nuestra ayuda?",
    note: "Un clic abre una página en la que envía su respuesta; antes no se guarda nada. Allí puede añadir unas palabras y cambiar su respuesta durante {days}.",
    stop: "No volver a preguntarme",
    question: "¿Qué tal fue nuestra ayuda?",
    scale: ["Muy buena", "Buena", "Aceptable", "Mala", "Muy mala"],
    words: "¿Algo que añadir? (opcional)",
    send: "Enviar mi respuesta",
    changeable: "Puede cambiarla durante {days}.",
    days: ["1 día", "{n} días"],
    kept: "Si lo deja vacío, se mantiene lo que escribió antes.",
    thanks: "Gracias",
    until: "Puede cambiar su respuesta hasta el {day}.",
    change: "Cambiar mi respuesta",
    settled: "Su respuesta queda como está; el plazo para cambiarla ha pasado.",
    gone: "Este enlace ya no funciona",
    tell: "Aún puede decírselo al equipo:",
    tell_button: "Decírselo al equipo",
    told: "El equipo lo lee.",
    choose: "Elija una de las cinco respuestas.",
    too_long: "Su texto es demasiado largo: como máximo {most} caracteres.",
    empty: "No hay texto.",
    not_saved: "Su respuesta no se ha guardado",
    stop_question: "¿No más preguntas sobre nuestra ayuda?",
    stop_why: "No volveríamos a preguntarle qué tal fue nuestra ayuda. Sus solicitudes siguen como antes.",
    stopped: "No volveremos a preguntarle",
    again: "Volver a preguntarme",
    asking: "Volveremos a preguntarle",
    weekdays: "lun mar mié jue vie sáb dom",
    months: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    day: "{weekday} {day} de {month}",
};

const JA: Texts = Texts {
    subject: "お問い合わせ #{number} のサポートはいかがでしたか",
    intro: "お問い合わせ #{number} は解決済みです。サポートはいかがでしたか。",
    note: "クリックすると回答を送信するページが開きます。送信するまで何も記録されません。コメントを添えることができ、回答は{days}変更できます。",
    stop: "今後は質問を受け取らない",
    question: "サポートはいかがでしたか",
    scale: ["とても良い", "良い", "普通", "悪い", "とても悪い"],
    words: "ご意見があればお書きください（任意）",
    send: "回答を送信する",
    changeable: "回答は{days}変更できます。",
    days: ["1 日間", "{n} 日間"],
    kept: "空欄のままにすると、以前のコメントがそのまま残ります。",
    thanks: "ありがとうございました",
    until: "{day}まで回答を変更できます。",
    change: "回答を変更する",
    settled: "変更できる期間が過ぎたため、回答はそのままになります。",
    gone: "このリンクは無効になりました",
    tell: "チームへのご意見は引き続きお送りいただけます。",
    tell_button: "チームに伝える",
    told: "チームが拝見します。",
    choose: "五つの回答から一つ選んでください。",
    too_long: "文章が長すぎます。{most} 文字以内でお書きください。",
    empty: "文章が入力されていません。",
    not_saved: "回答は保存されませんでした",
    stop_question: "サポートについての質問を停止しますか",
    stop_why: "今後、サポートの感想をお尋ねすることはなくなります。お問い合わせはこれまでどおり続けられます。",
    stopped: "今後はお尋ねしません",
    again: "再び質問を受け取る",
    asking: "再びお尋ねします",
    weekdays: "月 火 水 木 金 土 日",
    months: "1 2 3 4 5 6 7 8 9 10 11 12",
    day: "{month}月{day}日（{weekday}）",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rating;

    const ALL: [&Texts; 5] = [&EN, &DE, &FR, &ES, &JA];

    #[test]
    fn every_language_names_the_whole_scale_and_no_text_shouts() {
        for texts in ALL {
            assert_eq!(texts.rating(Rating::BEST), texts.scale[0]);
            assert_eq!(texts.rating(Rating::WORST), texts.scale[4]);
            assert!(!format!("{texts:?}").contains('!'), "{texts:?}");
        }
    }

    #[test]
    fn a_day_is_written_as_people_of_the_language_write_it() {
        let at: Timestamp = "2026-06-18T22:30:00Z".parse().unwrap();
        let written: Vec<String> =
            ALL.iter().map(|texts| texts.until(at, &TimeZone::UTC)).collect();
        let expected = [
            "You can change your answer until Thu 18 Jun.",
            "Sie können Ihre Antwort bis Do, 18. Juni ändern.",
            "Vous pouvez modifier votre réponse jusqu’au jeu. 18 juin.",
            "Puede cambiar su respuesta hasta el jue 18 de junio.",
            "6月18日（木）まで回答を変更できます。",
        ];
        assert_eq!(written, expected);
        let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
        assert_eq!(JA.until(at, &tokyo), "6月19日（金）まで回答を変更できます。");
    }
}
