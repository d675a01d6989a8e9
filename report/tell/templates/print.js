// On paper everything is unfolded.
{
  let opened = [];
  addEventListener("beforeprint", () => {
    if (typeof reveal === "function") reveal(document.body);
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
}
