"""The line that names the country a help page is about, as help pages show it in twelve languages."""

SCOPES = (
    "This article applies to selling in: United States",
    "Dieser Artikel bezieht sich auf den Verkauf in: Deutschland",
    "Cet article s'applique à la vente en : France",
    "Questa pagina riguarda la vendita in: Italia",
    "Este tema se aplica a vender en: España",
    "Dit artikel is van toepassing op verkopen in: Nederland",
    "Den här artikeln gäller försäljning i: Sverige",
    "Ten artykuł dotyczy sprzedaży w: Polska",
    "Este artigo se aplica a vendas em: Brasil",
    "Bu madde, şurada yapılacak satışlar için uygulanır: Türkiye",
    "適用されるマーケットプレイス: 日本",
    "تنطبق هذه المقالة على البيع في: مصر",
)
