package org.cloudos.test.system;

/** What holds on every page, as scripts that answer with a list of what is wrong. */
final class PageChecks {
    /**
     * Text whose contrast is under that of WCAG 2.2, 1.4.3: 4.5, or 3 where it is large. A canvas says what a colour is in numbers; colours
     * that can be seen through are laid over what is behind.
     */
    static final String FAINT_TEXT = """
            (() => {
              const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
              const rgba = c => {
                canvas.clearRect(0, 0, 1, 1)
                canvas.fillStyle = c
                canvas.fillRect(0, 0, 1, 1)
                return [...canvas.getImageData(0, 0, 1, 1).data]
              }
              const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] / 255 + b[i] * (1 - a[3] / 255)).concat(255)
              const behind = e => {
                const list = []
                for (; e; e = e.parentElement) list.push(rgba(getComputedStyle(e).backgroundColor))
                return list.reverse().reduce((b, c) => over(c, b), [255, 255, 255, 255])
              }
              const light = c => {
                const [r, g, b] = c.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                return 0.2126 * r + 0.7152 * g + 0.0722 * b
              }
              const wrong = []
              for (const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); walker.nextNode();) {
                const e = walker.currentNode.parentElement, style = getComputedStyle(e)
                if (!walker.currentNode.data.trim() || !e.checkVisibility() || e.closest(':disabled,svg,script,noscript,.skip')) continue
                const back = behind(e), [a, b] = [light(over(rgba(style.color), back)), light(back)]
                const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), size = parseFloat(style.fontSize)
                const least = size >= 24 || size >= 18.66 && style.fontWeight >= 700 ? 3 : 4.5
                if (contrast < least) wrong.push(e.tagName + '.' + e.className + ' ' + contrast.toFixed(2) + ' ' + walker.currentNode.data.trim().slice(0, 30))
              }
              return [...new Set(wrong)].slice(0, 10).join('\\n')
            })()""";

    /** What can be operated and has no name that a screen reader could say. */
    static final String NAMELESS = """
            [...document.querySelectorAll('button,a[href],input,select,textarea,[role=button]')].filter(e => e.checkVisibility())
              .filter(e => !(e.textContent.trim() && e.matches('button,a') || e.ariaLabel || e.labels?.length || e.title))
              .map(e => e.outerHTML.slice(0, 80)).join('\\n')""";

    private PageChecks() { }
}
