//! The sentences themselves, one table a language.
//!
//! A sentence is whole, with placeholders in braces: `{when}`, `{zone}`, `{n}` for a ticket's number. The languages
//! have the same fields, so that none can lack a sentence.

/// Everything the desk writes to customers by itself.
pub(super) struct Phrases {
    /// Monday first.
    pub(super) weekdays: [&'static str; 7],
    /// January first.
    pub(super) months: [&'static str; 12],
    pub(super) date: &'static str,
    pub(super) date_with_year: &'static str,
    pub(super) own_time: &'static str,
    pub(super) place_time: &'static str,
    pub(super) promised: &'static str,
    pub(super) not_promised: &'static str,
    pub(super) improved: &'static str,
    pub(super) escalated: &'static str,
    pub(super) escalated_without_time: &'static str,
    /// The worst first.
    pub(super) severities: [&'static str; 4],
    pub(super) graded_down: &'static str,
    pub(super) graded_down_because: &'static str,
    pub(super) withdrawn: &'static str,
    pub(super) acknowledged_subject: &'static str,
    pub(super) acknowledged: &'static str,
    /// The words of a link to where one says how bad it is.
    pub(super) say_how_bad: &'static str,
    /// The words of a link to answered questions.
    pub(super) community: &'static str,
    pub(super) reply_subject: &'static str,
    pub(super) reply_footer: &'static str,
    pub(super) improved_mail: &'static str,
    pub(super) reminder: &'static str,
    pub(super) reminder_without_end: &'static str,
    pub(super) auto_solved: &'static str,
    pub(super) sign_in_subject: &'static str,
    pub(super) sign_in: &'static str,
}

pub(super) const ENGLISH: Phrases = Phrases {
    weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    date: "{weekday} {day} {month}, {time}",
    date_with_year: "{weekday} {day} {month} {year}, {time}",
    own_time: "your time ({letters})",
    place_time: "{place} time ({letters})",
    promised: "An engineer will answer by {when} {zone}. We answer on weekdays; there is no weekend support.",
    not_promised: "We read every request and answer many, but for this one we promise neither an answer nor a time. \
        If it stops you from working, tell us how bad it is and it moves up. There is no weekend support.",
    improved: "Sooner than we said: an engineer will answer by {when} {zone}. There is no weekend support.",
    escalated: "The {team} team is looking into it. You will hear from us by {when} {zone}. There is no weekend support.",
    escalated_without_time: "The {team} team is looking into it. You will hear from us.",
    severities: ["critical", "high", "medium", "low"],
    graded_down: "You said that this is {from}; we have graded it as {to}. What we promised stays. \
        If you see it otherwise, reply and say what it stops you from doing.",
    graded_down_because: "You said that this is {from}; we have graded it as {to}. Why: {reason} What we promised stays. \
        If you see it otherwise, reply and say what it stops you from doing.",
    withdrawn: "We had said {when} {zone}. That no longer holds, because {reason}",
    acknowledged_subject: "We have your request, #{n}: {subject}",
    acknowledged: "We have your request, #{n}.\n\n{promise}\n\nTo add something, reply to this mail.\n\n{link}\n",
    say_how_bad: "Tell us how bad it is",
    community: "The community is often quicker",
    reply_subject: "Re: #{n}: {subject}",
    reply_footer: "{name}, engineer at {company}\nTo answer, reply to this mail. {link}",
    improved_mail: "About your request #{n}.\n\n{promise}\n\n{link}\n",
    reminder: "We answered your request #{n} and wait for you. Without a word from you it is marked as solved on \
        {when}.\n\nTo answer, reply to this mail.\n\n{link}\n",
    reminder_without_end: "We answered your request #{n} and wait for you.\n\nTo answer, reply to this mail.\n\n{link}\n",
    auto_solved: "We have not heard from you for a while, so your request #{n} is marked as solved.\n\n\
        If it is not, reply to this mail and it opens again.\n\n{link}\n",
    sign_in_subject: "Your link to your requests at {company}",
    sign_in: "Open this link within an hour to see your requests. It works once.\n\n{link}\n\n\
        If you did not ask for it, you need not do anything.\n",
};

pub(super) const GERMAN: Phrases = Phrases {
    weekdays: ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"],
    months: [
        "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.",
        "Dez.",
    ],
    date: "{weekday} {day}. {month}, {time}",
    date_with_year: "{weekday} {day}. {month} {year}, {time}",
    own_time: "Ihrer Zeit ({letters})",
    place_time: "Ortszeit {place} ({letters})",
    promised: "Jemand aus der Entwicklung antwortet bis {when} {zone}. Wir antworten an Werktagen, am Wochenende nicht.",
    not_promised: "Wir lesen jede Anfrage und beantworten viele, aber für diese versprechen wir weder eine Antwort noch \
        einen Zeitpunkt. Wenn Sie deswegen nicht arbeiten können, sagen Sie uns, wie schlimm es ist; dann rückt sie \
        nach oben. Am Wochenende antworten wir nicht.",
    improved: "Früher als gesagt: Jemand aus der Entwicklung antwortet bis {when} {zone}. Am Wochenende antworten wir nicht.",
    escalated: "Das Team {team} sieht es sich an. Sie hören von uns bis {when} {zone}. Am Wochenende antworten wir nicht.",
    escalated_without_time: "Das Team {team} sieht es sich an. Sie hören von uns.",
    severities: ["kritisch", "hoch", "mittel", "gering"],
    graded_down: "Sie haben die Schwere „{from}“ angegeben; wir stufen sie als „{to}“ ein. Was wir zugesagt haben, bleibt. \
        Wenn Sie es anders sehen, antworten Sie und sagen Sie, woran es Sie hindert.",
    graded_down_because: "Sie haben die Schwere „{from}“ angegeben; wir stufen sie als „{to}“ ein. Warum: {reason} \
        Was wir zugesagt haben, bleibt. Wenn Sie es anders sehen, antworten Sie und sagen Sie, woran es Sie hindert.",
    withdrawn: "Wir hatten {when} {zone} gesagt. Das gilt nicht mehr, denn: {reason}",
    acknowledged_subject: "Wir haben Ihre Anfrage, #{n}: {subject}",
    acknowledged: "Wir haben Ihre Anfrage, #{n}.\n\n{promise}\n\nUm etwas hinzuzufügen, antworten Sie auf diese Mail.\n\n{link}\n",
    say_how_bad: "Sagen Sie uns, wie schlimm es ist",
    community: "Die Community ist oft schneller",
    reply_subject: "Re: #{n}: {subject}",
    reply_footer: "{name}, Entwicklung bei {company}\nUm zu antworten, antworten Sie auf diese Mail. {link}",
    improved_mail: "Zu Ihrer Anfrage #{n}.\n\n{promise}\n\n{link}\n",
    reminder: "Wir haben Ihre Anfrage #{n} beantwortet und warten auf Sie. Hören wir nichts, gilt sie ab {when} als \
        gelöst.\n\nUm zu antworten, antworten Sie auf diese Mail.\n\n{link}\n",
    reminder_without_end: "Wir haben Ihre Anfrage #{n} beantwortet und warten auf Sie.\n\n\
        Um zu antworten, antworten Sie auf diese Mail.\n\n{link}\n",
    auto_solved: "Wir haben eine Weile nichts von Ihnen gehört, deshalb gilt Ihre Anfrage #{n} als gelöst.\n\n\
        Ist sie es nicht, antworten Sie auf diese Mail, und sie ist wieder offen.\n\n{link}\n",
    sign_in_subject: "Ihr Link zu Ihren Anfragen bei {company}",
    sign_in: "Öffnen Sie diesen Link innerhalb einer Stunde, um Ihre Anfragen zu sehen. Er gilt einmal.\n\n{link}\n\n\
        Haben Sie ihn nicht verlangt, brauchen Sie nichts zu tun.\n",
};

pub(super) const FRENCH: Phrases = Phrases {
    weekdays: ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
    months: [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
        "déc.",
    ],
    date: "{weekday} {day} {month}, {time}",
    date_with_year: "{weekday} {day} {month} {year}, {time}",
    own_time: "à votre heure ({letters})",
    place_time: "heure de {place} ({letters})",
    promised: "Quelqu’un de l’équipe technique répondra au plus tard {when} {zone}. Nous répondons en semaine, pas le week-end.",
    not_promised: "Nous lisons chaque demande et répondons à beaucoup, mais pour celle-ci nous ne promettons ni réponse \
        ni délai. Si elle vous empêche de travailler, dites-nous à quel point c’est grave et elle remontera. \
        Nous ne répondons pas le week-end.",
    improved: "Plus tôt que prévu : quelqu’un de l’équipe technique répondra au plus tard {when} {zone}. \
        Nous ne répondons pas le week-end.",
    escalated: "L’équipe {team} s’en occupe. Vous aurez de nos nouvelles au plus tard {when} {zone}. \
        Nous ne répondons pas le week-end.",
    escalated_without_time: "L’équipe {team} s’en occupe. Vous aurez de nos nouvelles.",
    severities: ["critique", "élevée", "moyenne", "faible"],
    graded_down: "Vous avez indiqué une gravité « {from} » ; nous la classons « {to} ». Ce que nous avons promis reste \
        valable. Si vous n’êtes pas d’accord, répondez et dites ce que cela vous empêche de faire.",
    graded_down_because: "Vous avez indiqué une gravité « {from} » ; nous la classons « {to} ». Pourquoi : {reason} \
        Ce que nous avons promis reste valable. Si vous n’êtes pas d’accord, répondez et dites ce que cela vous empêche \
        de faire.",
    withdrawn: "Nous avions dit {when} {zone}. Cela ne tient plus, car {reason}",
    acknowledged_subject: "Nous avons votre demande, n° {n} : {subject}",
    acknowledged: "Nous avons votre demande, n° {n}.\n\n{promise}\n\nPour ajouter quelque chose, répondez à ce message.\n\n{link}\n",
    say_how_bad: "Dites-nous à quel point c’est grave",
    community: "La communauté est souvent plus rapide",
    reply_subject: "Re: #{n}: {subject}",
    reply_footer: "{name}, équipe technique de {company}\nPour répondre, répondez à ce message. {link}",
    improved_mail: "À propos de votre demande n° {n}.\n\n{promise}\n\n{link}\n",
    reminder: "Nous avons répondu à votre demande n° {n} et attendons votre retour. Sans nouvelles de votre part, elle \
        sera marquée comme résolue {when}.\n\nPour répondre, répondez à ce message.\n\n{link}\n",
    reminder_without_end: "Nous avons répondu à votre demande n° {n} et attendons votre retour.\n\n\
        Pour répondre, répondez à ce message.\n\n{link}\n",
    auto_solved: "Sans nouvelles de votre part, nous avons marqué votre demande n° {n} comme résolue.\n\n\
        Si elle ne l’est pas, répondez à ce message et elle sera rouverte.\n\n{link}\n",
    sign_in_subject: "Votre lien vers vos demandes chez {company}",
    sign_in: "Ouvrez ce lien dans l’heure pour voir vos demandes. Il ne sert qu’une fois.\n\n{link}\n\n\
        Si vous ne l’avez pas demandé, vous n’avez rien à faire.\n",
};

pub(super) const SPANISH: Phrases = Phrases {
    weekdays: ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"],
    months: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"],
    date: "{weekday} {day} {month}, {time}",
    date_with_year: "{weekday} {day} {month} {year}, {time}",
    own_time: "de su hora ({letters})",
    place_time: "hora de {place} ({letters})",
    promised: "Alguien del equipo técnico responderá a más tardar el {when} {zone}. Respondemos entre semana, no los fines de semana.",
    not_promised: "Leemos todas las solicitudes y respondemos a muchas, pero para esta no prometemos ni una respuesta ni \
        un plazo. Si le impide trabajar, díganos lo grave que es y subirá. No respondemos los fines de semana.",
    improved: "Antes de lo dicho: alguien del equipo técnico responderá a más tardar el {when} {zone}. \
        No respondemos los fines de semana.",
    escalated: "El equipo {team} lo está revisando. Tendrá noticias nuestras antes de {when} {zone}. \
        No respondemos los fines de semana.",
    escalated_without_time: "El equipo {team} lo está revisando. Tendrá noticias nuestras.",
    severities: ["crítica", "alta", "media", "baja"],
    graded_down: "Usted indicó una gravedad «{from}»; la hemos clasificado como «{to}». Lo que prometimos sigue en pie. \
        Si lo ve de otro modo, responda y díganos qué le impide hacer.",
    graded_down_because: "Usted indicó una gravedad «{from}»; la hemos clasificado como «{to}». Motivo: {reason} \
        Lo que prometimos sigue en pie. Si lo ve de otro modo, responda y díganos qué le impide hacer.",
    withdrawn: "Habíamos dicho {when} {zone}. Eso ya no vale, porque {reason}",
    acknowledged_subject: "Tenemos su solicitud, n.º {n}: {subject}",
    acknowledged: "Tenemos su solicitud, n.º {n}.\n\n{promise}\n\nPara añadir algo, responda a este correo.\n\n{link}\n",
    say_how_bad: "Díganos lo grave que es",
    community: "La comunidad suele ser más rápida",
    reply_subject: "Re: #{n}: {subject}",
    reply_footer: "{name}, equipo técnico de {company}\nPara contestar, responda a este correo. {link}",
    improved_mail: "Sobre su solicitud n.º {n}.\n\n{promise}\n\n{link}\n",
    reminder: "Respondimos a su solicitud n.º {n} y esperamos su respuesta. Si no sabemos nada de usted, quedará marcada \
        como resuelta el {when}.\n\nPara contestar, responda a este correo.\n\n{link}\n",
    reminder_without_end: "Respondimos a su solicitud n.º {n} y esperamos su respuesta.\n\n\
        Para contestar, responda a este correo.\n\n{link}\n",
    auto_solved: "Hace tiempo que no sabemos de usted, así que su solicitud n.º {n} queda marcada como resuelta.\n\n\
        Si no lo está, responda a este correo y se abrirá de nuevo.\n\n{link}\n",
    sign_in_subject: "Su enlace a sus solicitudes en {company}",
    sign_in: "Abra este enlace en el plazo de una hora para ver sus solicitudes. Sirve una sola vez.\n\n{link}\n\n\
        Si no lo ha pedido, no tiene que hacer nada.\n",
};

pub(super) const JAPANESE: Phrases = Phrases {
    weekdays: ["月", "火", "水", "木", "金", "土", "日"],
    months: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"],
    date: "{month}月{day}日({weekday}) {time}",
    date_with_year: "{year}年{month}月{day}日({weekday}) {time}",
    own_time: "(お客様の時間、{letters})",
    place_time: "({place}時間、{letters})",
    promised: "{when}{zone}までにエンジニアが回答します。回答は平日のみで、週末の対応はありません。",
    not_promised: "すべてのお問い合わせに目を通し、多くに回答していますが、このお問い合わせについては回答も時期もお約束できません。\
        業務が止まっている場合は、深刻さをお知らせください。優先順位が上がります。週末の対応はありません。",
    improved: "お伝えした時刻より早く、{when}{zone}までにエンジニアが回答します。週末の対応はありません。",
    escalated: "{team}チームが調査しています。{when}（{zone}）までにご連絡します。週末の対応はありません。",
    escalated_without_time: "{team}チームが調査しています。追ってご連絡します。",
    severities: ["致命的", "高", "中", "低"],
    graded_down: "重大度を「{from}」とご申告いただきましたが、「{to}」と判断しました。お約束した内容は変わりません。\
        異なるご認識の場合は、何ができないのかをご返信ください。",
    graded_down_because: "重大度を「{from}」とご申告いただきましたが、「{to}」と判断しました。理由：{reason} \
        お約束した内容は変わりません。異なるご認識の場合は、何ができないのかをご返信ください。",
    withdrawn: "{when}（{zone}）とお伝えしましたが、次の理由により守れなくなりました：{reason}",
    acknowledged_subject: "お問い合わせ #{n} を受け付けました: {subject}",
    acknowledged: "お問い合わせ #{n} を受け付けました。\n\n{promise}\n\n追加することがあれば、このメールに返信してください。\n\n{link}\n",
    say_how_bad: "深刻さを知らせる",
    community: "コミュニティのほうが早いことがよくあります",
    reply_subject: "Re: #{n}: {subject}",
    reply_footer: "{name}({company} エンジニア)\n回答するには、このメールに返信してください。 {link}",
    improved_mail: "お問い合わせ #{n} について。\n\n{promise}\n\n{link}\n",
    reminder: "お問い合わせ #{n} に回答し、お返事をお待ちしています。お返事がない場合、{when}に解決済みになります。\n\n\
        このメールに返信してください。\n\n{link}\n",
    reminder_without_end: "お問い合わせ #{n} に回答し、お返事をお待ちしています。\n\nこのメールに返信してください。\n\n{link}\n",
    auto_solved: "しばらくお返事がないため、お問い合わせ #{n} を解決済みにしました。\n\n\
        解決していない場合は、このメールに返信すると再開します。\n\n{link}\n",
    sign_in_subject: "{company} へのお問い合わせを開くリンク",
    sign_in: "1時間以内にこのリンクを開くと、お問い合わせを確認できます。リンクは一度だけ有効です。\n\n{link}\n\n\
        お心当たりがない場合は、何もする必要はありません。\n",
};
