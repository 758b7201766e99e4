// The few words that a phone itself says, in its own language. All else on the
// page is about the sandbox, and in English.

const words = {
  en: { bot: "bot", typing: "typing", message: "Message", photo: "Photo", album: "Album", file: "File" },
  ru: { bot: "бот", typing: "печатает", message: "Сообщение", photo: "Фото", album: "Альбом", file: "Файл" },
  ky: { bot: "бот", typing: "жазып жатат", message: "Билдирүү", photo: "Сүрөт", album: "Альбом", file: "Файл" },
};

/** A word of the phone of somebody. */
export function word(person, name) {
  return (words[person.language.slice(0, 2)] ?? words.en)[name];
}

/** A day as their phone writes it. */
export function dayOf(person, ms) {
  const language = words[person.language.slice(0, 2)] ? person.language : "en";
  if (new Date(ms).toDateString() !== new Date().toDateString()) {
    return new Intl.DateTimeFormat(language, { day: "numeric", month: "long" }).format(ms);
  }
  const today = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "day");
  return today[0].toLocaleUpperCase(language) + today.slice(1);
}
