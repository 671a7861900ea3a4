// Builds elements. Foreign text only ever becomes a text node or an attribute's value: nothing here parses HTML.

/** el('p', {class: 'hint', onclick}, 'text', node, null): attributes, listeners (on…), properties (.name), children; null and false are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name.startsWith('.')) node[name.slice(1)] = value;
    else if (name.startsWith('--')) node.style.setProperty(name, value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Replaces what is in a node. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Draws a section only when what it shows has changed, so that focus, selection and an open <details> survive. */
export function section(node) {
  let shown;
  return (key, draw) => {
    const wanted = JSON.stringify(key);
    if (wanted === shown) return;
    shown = wanted;
    fill(node, draw());
  };
}

const announcer = document.getElementById('announcer');

/** Says something to those who do not see the change. */
export function announce(text) { announcer.textContent = text; }

/** Copies a text and says so on the button. */
export function copyButton(text, label) {
  const button = el('button', { class: 'copy', type: 'button', 'aria-label': label, title: label, onclick: copy }, 'Copy');
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Not allowed';
    }
    announce(button.textContent);
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  }
  return button;
}

/** Shows the one dialog of the page with these children; its first child is the title. */
export function showDialog(title, ...children) {
  const dialog = document.getElementById('dialog');
  fill(dialog, el('form', { method: 'dialog', class: 'dialog-head' }, el('h2', { id: 'dialog-title' }, title),
    el('button', { class: 'quiet', 'aria-label': 'Close' }, 'Close')), children);
  dialog.showModal();
  return dialog;
}
