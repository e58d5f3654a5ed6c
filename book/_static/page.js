// The page's own furniture: theme switch, copy buttons, scrolling by keyboard, widgets when they come into view.

const root = document.documentElement;

function themeSwitch() {
  const button = document.getElementById("theme-switch");
  const name = () => {
    const other = root.dataset.theme === "dark" ? "Light" : "Dark";
    button.textContent = other;
    button.setAttribute("aria-label", `Switch to ${other.toLowerCase()} colours`);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("lambdalab.theme", root.dataset.theme);
    } catch {
      // Blocked: the choice lasts as long as the page.
    }
    name();
  });
  name();
}

/** Code that is read, not run, can be copied. Cells have their own buttons. */
function copyButtons() {
  if (!navigator.clipboard) return;
  for (const block of document.querySelectorAll("main div.highlight")) {
    if (block.closest(".cell, .quiz, .observe")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(block.querySelector("pre").textContent);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    block.append(button);
  }
}

/** What scrolls sideways must be reachable by keyboard. */
function scrollers() {
  for (const element of document.querySelectorAll("main pre, main .table-scroll")) {
    if (element.scrollWidth > element.clientWidth + 1) {
      if (!element.hasAttribute("tabindex")) element.dataset.scroller = "";
      element.tabIndex = 0;
    } else if ("scroller" in element.dataset) {
      element.removeAttribute("tabindex");
      delete element.dataset.scroller;
    }
  }
}

/** The widget manager is half a megabyte: it comes when a widget is near the window. */
function widgets() {
  const views = document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]');
  if (!views.length) return;
  const load = () => {
    // The manager draws when the page's load event fires, which is long past: hold its listener and call it.
    const listen = window.addEventListener;
    const held = [];
    window.addEventListener = function (type, listener, ...more) {
      if (type === "load") held.push(listener);
      else listen.call(window, type, listener, ...more);
    };
    const script = document.createElement("script");
    script.src = new URL(`${root.dataset.content_root}_static/course/widgets/embed.js`, document.baseURI);
    // Widgets of other packages would be asked from another site; there are none.
    script.dataset.jupyterWidgetsCdn = "";
    script.onload = () => {
      window.addEventListener = listen;
      for (const listener of held) listener(new Event("load"));
    };
    script.onerror = () => { window.addEventListener = listen; };
    document.head.append(script);
  };
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    load();
  }, { rootMargin: "400px" });
  for (const view of views) observer.observe(view.parentElement);
}

themeSwitch();
copyButtons();
widgets();
scrollers();
window.addEventListener("resize", scrollers);
