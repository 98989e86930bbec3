"use strict";
// Shows the value of a slider while it moves. Without script the value is read after sending.
for (const slider of document.querySelectorAll("input[type=range][data-shows]")) {
  const shown = document.getElementById(slider.dataset.shows);
  const show = () => { shown.textContent = slider.value; };
  slider.addEventListener("input", show);
  show();
}
