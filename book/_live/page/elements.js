// Makes elements.

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node|string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * A button that can be refused without losing the focus: `disabled` would drop it.
 * @param {string} label visible text
 * @param {string} name for screen readers; begins with the label
 * @param {string} className
 * @param {() => void} action
 */
export function button(label, name, className, action) {
  const made = element("button", { type: "button", class: `live-button ${className}`, "aria-label": name }, label);
  made.addEventListener("click", () => {
    if (made.getAttribute("aria-disabled") !== "true") action();
  });
  return made;
}

/**
 * @param {HTMLElement} target
 * @param {boolean} allowed
 */
export function allow(target, allowed) {
  if (allowed) target.removeAttribute("aria-disabled");
  else target.setAttribute("aria-disabled", "true");
}
