// Runs before the first paint, as a file of its own because the page's policy forbids inline scripts.
// The settings keep `parley.theme` (light, dark; anything else follows the system) and `parley.language` here.
;(() => {
  const page = document.documentElement
  try {
    const theme = localStorage.getItem('parley.theme')
    if (theme === 'light' || theme === 'dark') page.dataset.theme = theme
    const language = localStorage.getItem('parley.language')
    if (language !== null && /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language)) {
      page.lang = language
      page.dir = /^(ar|fa|he|ur)\b/.test(language) ? 'rtl' : 'ltr'
    }
  } catch {
    // A browser that keeps nothing for this page follows the system.
  }
})()
