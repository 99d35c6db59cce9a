// SPDX-License-Identifier: MIT OR Apache-2.0
// What is wrong with how a page looks, in words: wider than its window, text that is cut off, too faint, or
// too small to be touched. Runs in the page.
const wrong = [];
const name = (element) =>
  `${element.nodeName.toLowerCase()}${element.id ? `#${element.id}` : ""} ${element.textContent.trim().slice(0, 40)}`;
const width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth > width) {
  wrong.push(`${document.documentElement.scrollWidth} wide in a window of ${width}`);
}

// Colours as the browser paints them, whatever they are written as.
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const seen = new Map();
function colour(text) {
  if (!seen.has(text)) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    seen.set(text, [...canvas.getImageData(0, 0, 1, 1).data]);
  }
  return seen.get(text);
}
function ground(element) {
  for (let at = element; at; at = at.parentElement) {
    const found = colour(getComputedStyle(at).backgroundColor);
    if (found[3] === 255) return found;
    if (found[3] !== 0) wrong.push(`${name(at)} is half transparent`);
  }
  return colour("white");
}
// WCAG 2.2, relative luminance and contrast ratio.
function luminance([...parts]) {
  const [red, green, blue] = parts.slice(0, 3).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
function contrast(one, other) {
  const [more, less] = [luminance(one), luminance(other)].sort((left, right) => right - left);
  return (more + 0.05) / (less + 0.05);
}

let texts = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode;
  const element = node.parentElement;
  if (!node.nodeValue.trim() || element.closest("script, .heard, .skip, svg, option, .ends thead")) continue;
  if (!element.checkVisibility({ visibilityProperty: true })) continue;
  const style = getComputedStyle(element);
  const range = document.createRange();
  range.selectNodeContents(node);
  for (const box of range.getClientRects()) {
    if (box.left < -1 || box.right > width + 1) wrong.push(`cut off at the side: ${name(element)}`);
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      const around = at.getBoundingClientRect();
      const inside = getComputedStyle(at).display === "inline" || (box.left >= around.left - 1 &&
        box.right <= around.right + 1 && box.top >= around.top - 2 && box.bottom <= around.bottom + 2);
      if (!inside) wrong.push(`sticks out of ${name(at)}: ${name(element)}`);
    }
  }
  texts += 1;
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  const found = contrast(colour(style.color), ground(element));
  if (found < (large ? 3 : 4.5)) wrong.push(`contrast ${found.toFixed(2)}: ${name(element)}`);
  if (element.closest(".big") && found < 4.5) wrong.push(`contrast ${found.toFixed(2)} of an instruction`);
}
if (texts < 5) wrong.push(`only ${texts} texts`);

for (const element of document.querySelectorAll("a[href]:not(.skip), button, summary, select, input:not([type=hidden])")) {
  if (!element.checkVisibility()) continue;
  const box = element.getBoundingClientRect();
  if (box.width < 44 || box.height < 44) {
    wrong.push(`${Math.round(box.width)} by ${Math.round(box.height)} to touch: ${name(element)}`);
  }
}
// What is read from where the machine is loaded: an em of 28 CSS pixels at least.
for (const element of document.querySelectorAll(".big")) {
  if (parseFloat(getComputedStyle(element).fontSize) < 28) wrong.push(`too small: ${name(element)}`);
}
return [...new Set(wrong)];
