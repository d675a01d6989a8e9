// Printing unfolds everything.
{
  let opened = [];
  addEventListener("beforeprint", () => {
    if (typeof reveal === "function") reveal(document.body);
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
}
