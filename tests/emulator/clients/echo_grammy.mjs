// An echo bot with grammY: node echo_grammy.mjs URL TOKEN, or URL TOKEN SECRET to serve a webhook.
import { createServer } from "node:http";
import { Bot, InlineKeyboard, InputFile, webhookCallback } from "grammy";

const [apiRoot, token, secretToken] = process.argv.slice(2);
const bot = new Bot(token, { client: { apiRoot } });
const PNG = Buffer.from("89504e470d0a1a0a0000000d494844520000000200000001" + "0802", "hex");

bot.command("start", (ctx) =>
  ctx.reply(`Welcome ${ctx.match || "you"}`, { reply_markup: new InlineKeyboard().text("Yes", "yes") }));
bot.command("picture", (ctx) => ctx.replyWithPhoto(new InputFile(PNG, "chart.png"), { caption: "A picture" }));
bot.command("forget", (ctx) => ctx.deleteMessage());
bot.on("message:photo", (ctx) => ctx.replyWithPhoto(ctx.message.photo.at(-1).file_id, { caption: "Yours" }));
bot.on("message:text", (ctx) => ctx.reply(`You said ${ctx.message.text}`));
bot.on("edited_message:text", (ctx) =>
  ctx.reply(`You changed it to ${ctx.editedMessage.text}`, {
    reply_parameters: { message_id: ctx.editedMessage.message_id },
  }));
bot.on("callback_query:data", async (ctx) => {
  await ctx.editMessageText(`You pressed ${ctx.callbackQuery.data}`);
  await ctx.answerCallbackQuery("Kept");
});

await bot.api.setMyCommands([{ command: "picture", description: "Show a picture" }]);
if (secretToken) {
  const server = createServer(webhookCallback(bot, "http", { secretToken }));
  server.listen(0, "127.0.0.1", () =>
    bot.api.setWebhook(`http://127.0.0.1:${server.address().port}/hook`, { secret_token: secretToken }));
} else {
  await bot.start();
}
